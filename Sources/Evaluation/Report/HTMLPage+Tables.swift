import Foundation
import SoundDatasets

extension HTMLPage {
    /// Names and values, one pair for each row.
    static func pairs(_ table: TextTable) -> String {
        let pairs = table.rows.map { row in
            "<div><dt>\(escaped(row[0]))</dt><dd>\(escaped(row[1]))</dd></div>"
        }
        return "<dl>\n\(pairs.joined(separator: "\n"))\n</dl>\n"
    }

    /// A table with a caption; the first cell of each row is its name.
    static func table(_ table: TextTable, caption: String) -> String {
        let head = table.header.enumerated().map { column, name in
            "<th scope=\"col\"\(number(table, column))>\(escaped(name))</th>"
        }
        let body = table.rows.map { row in
            let cells = row.enumerated().map { column, cell in
                column == 0
                    ? "<th scope=\"row\"\(number(table, column))>\(escaped(cell))</th>"
                    : "<td\(number(table, column))>\(escaped(cell))</td>"
            }
            return "<tr>\(cells.joined())</tr>"
        }
        return frame(head: head.joined(), body: body, caption: caption)
    }

    /// A matrix of counts, the deeper its cells' colour the greater their share of the row.
    ///
    /// - Parameters:
    ///   - rows: The rows' names.
    ///   - columns: The columns' names; a cell whose row has the same name is what is right.
    ///   - counts: Shape `[rows.count, columns.count]`.
    ///   - corner: What rows and columns are.
    ///   - caption: What the matrix says.
    /// - Returns: The table in its frame.
    static func matrix(
        rows: [String],
        columns: [String],
        counts: [[Int]],
        corner: String,
        caption: String
    ) -> String {
        let head = ([corner] + columns).enumerated().map { column, name in
            "<th scope=\"col\"\(column == 0 ? "" : " class=\"number\"")>\(escaped(name))</th>"
        }
        let body = zip(rows, counts).map { name, row in
            let total = max(1, row.reduce(0, +))
            let cells = zip(columns, row).map { column, count in
                let depth = String(format: "%.2f", 0.6 * Double(count) / Double(total))
                let kind = (count == 0 ? " none" : "") + (column == name ? " right" : "")
                return "<td class=\"number\(kind)\" style=\"--depth:\(depth)\">\(count)</td>"
            }
            return "<tr><th scope=\"row\">\(escaped(name))</th>\(cells.joined())</tr>"
        }
        return frame(head: head.joined(), body: body, caption: caption, kind: "matrix")
    }

    /// The table in a frame in which it can be moved where it is wider than the page.
    private static func frame(
        head: String,
        body: [String],
        caption: String,
        kind: String = "plain"
    ) -> String {
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"\(escaped(caption))\">"
            + "<table class=\"\(kind)\">\n<caption><span>\(escaped(caption))</span></caption>\n"
            + "<thead><tr>\(head)</tr></thead>\n"
            + "<tbody>\n\(body.joined(separator: "\n"))\n</tbody></table></div>\n"
    }

    private static func number(_ table: TextTable, _ column: Int) -> String {
        table.rightAligned.contains(column) ? " class=\"number\"" : ""
    }
}
