import Foundation

/// A table in Markdown.
struct MarkdownTable {
    let header: [String]
    var rows: [[String]] = []

    var text: String {
        ([header, header.map { _ in "---" }] + rows).map { cells in
            "| " + cells.joined(separator: " | ") + " |\n"
        }.joined()
    }

    /// A number with so many decimals, or a dash.
    static func number(_ value: Double?, _ decimals: Int) -> String {
        value.map { String(format: "%.\(decimals)f", $0) } ?? "–"
    }
}
