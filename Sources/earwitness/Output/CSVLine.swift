/// A line of comma-separated values by RFC 4180.
enum CSVLine {
    /// The fields, quoted where they must be, with the line's end.
    static func text(_ fields: [String]) -> String {
        fields.map { field in
            field.contains { ",\"\n\r".contains($0) }
                ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
        }.joined(separator: ",") + "\n"
    }
}
