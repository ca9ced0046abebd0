/// Columns of text, each as wide as its widest cell.
package struct TextTable: Sendable {
    /// The names of the columns.
    package let header: [String]
    /// The cells, row by row.
    package let rows: [[String]]
    /// The columns that hold numbers.
    package let rightAligned: Set<Int>
    private let leastWidths: [Int]
    private let showsHeader: Bool

    /// Takes the cells.
    ///
    /// - Parameters:
    ///   - header: The names of the columns.
    ///   - rows: The cells, row by row, as many as there are columns or fewer.
    ///   - rightAligned: The columns that hold numbers.
    ///   - leastWidths: The least width of each column, so that a table printed in pieces lines
    ///     up; missing ones are 0.
    ///   - showsHeader: Whether the first line is the header.
    package init(
        header: [String],
        rows: [[String]],
        rightAligned: Set<Int> = [],
        leastWidths: [Int] = [],
        showsHeader: Bool = true
    ) {
        self.header = header
        self.rows = rows
        self.rightAligned = rightAligned
        self.leastWidths = leastWidths
        self.showsHeader = showsHeader
    }

    /// The table: two spaces between columns, none at the ends of lines.
    package var text: String {
        let lines = (showsHeader ? [header] : []) + rows
        let widths = header.indices.map { column in
            lines.reduce(column < leastWidths.count ? leastWidths[column] : 0) { width, cells in
                column < cells.count ? max(width, cells[column].count) : width
            }
        }
        return lines.map { cells in
            var line = zip(cells, widths).enumerated().map { column, cell in
                let padding = String(repeating: " ", count: cell.1 - cell.0.count)
                return rightAligned.contains(column) ? padding + cell.0 : cell.0 + padding
            }.joined(separator: "  ")
            while line.hasSuffix(" ") {
                line.removeLast()
            }
            return line + "\n"
        }.joined()
    }
}

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
