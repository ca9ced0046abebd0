/// Columns of text, each as wide as its widest cell.
struct TextTable {
    /// The names of the columns.
    var header: [String]
    /// The cells, row by row; a row may be shorter than the header.
    var rows: [[String]]
    /// The columns that hold numbers and are aligned to the right.
    var rightAligned: Set<Int> = []
    /// The least width of each column, so that a table printed in pieces lines up; missing ones
    /// are 0.
    var leastWidths: [Int] = []
    /// Whether the first line is the header.
    var showsHeader = true

    /// The table with a line for the header and one a row.
    var text: String {
        let lines = (showsHeader ? [header] : []) + rows
        let widths = header.indices.map { column in
            let least = column < leastWidths.count ? leastWidths[column] : 0
            return lines.map { column < $0.count ? $0[column].count : 0 }.max()
                .map { max($0, least) } ?? least
        }
        return lines.map { cells in
            var line = cells.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return rightAligned.contains(column) ? padding + cell : cell + padding
            }.joined(separator: "  ")
            while line.hasSuffix(" ") { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}
