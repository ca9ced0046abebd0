/// A line of comma-separated values by RFC 4180.
package enum CSVLine {
    /// The fields, quoted where they must be, with the line's end.
    package static func text(_ fields: [String]) -> String {
        fields.map { field in
            field.contains { $0 == "," || $0 == "\"" || $0.isNewline }
                ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
        }.joined(separator: ",") + "\n"
    }
}
