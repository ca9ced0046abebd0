/// Lines of a text, cut at tabs.
struct TabularText {
    /// A line that is not empty, with its number from 1.
    typealias Line = (number: Int, fields: [String])

    /// The lines in order.
    let lines: [Line]

    /// Cuts a text; any kind of line end, a byte-order mark and empty lines are taken in stride.
    init(_ text: String) {
        let content = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
        lines = content.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .enumerated().compactMap { index, line in
                guard line.contains(where: { !$0.isWhitespace }) else { return nil }
                let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
                return (index + 1, fields.map { Self.trimmed($0) })
            }
    }

    /// A time in seconds; a decimal comma is what Audacity writes in some languages.
    static func seconds(_ field: String) -> Double? {
        guard let value = Double(field.replacing(",", with: ".")), value.isFinite else {
            return nil
        }
        return value
    }

    private static func trimmed(_ field: Substring) -> String {
        var field = field
        while field.last?.isWhitespace == true { field.removeLast() }
        while field.first?.isWhitespace == true { field.removeFirst() }
        return String(field)
    }
}
