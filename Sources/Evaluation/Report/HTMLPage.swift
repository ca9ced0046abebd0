import Foundation

/// A page that needs nothing but itself: tables and drawings in one file.
struct HTMLPage {
    private let title: String
    private var sections: [String] = []

    /// Begins a page.
    init(title: String) {
        self.title = title
    }

    /// Adds a section; its content is HTML.
    mutating func add(_ heading: String, _ content: String) {
        sections.append("<section><h2>\(Self.escaped(heading))</h2>\n\(content)</section>")
    }

    /// The page.
    var text: String {
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(Self.escaped(title))</title>
        <style>
        :root { color-scheme: light dark; --ink: #222; --paper: #fff; --line: #ccc;
          --hit: #2a7; --miss: #d70; --false: #c33; }
        @media (prefers-color-scheme: dark) { :root { --ink: #ddd; --paper: #181818; --line: #444; } }
        body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper);
          margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
        pre { overflow-x: auto; }
        table { border-collapse: collapse; } td, th { padding: .2rem .5rem; text-align: right; }
        th:first-child { text-align: left; } thead th { border-bottom: 1px solid var(--line); }
        svg { width: 100%; height: auto; } svg text { font: 11px system-ui, sans-serif; fill: var(--ink); }
        .scroll { overflow-x: auto; }
        </style></head><body>
        <h1>\(Self.escaped(title))</h1>
        \(sections.joined(separator: "\n"))
        </body></html>

        """
    }

    /// Text that cannot be taken for markup.
    static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;")
            .replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: ">", with: "&gt;")
            .replacingOccurrences(of: "\"", with: "&quot;")
    }

    /// Preformatted text.
    static func preformatted(_ text: String) -> String { "<pre>\(escaped(text))</pre>" }

    /// A matrix of counts, the deeper its cells' colour the greater their share of the row.
    static func matrix(rows: [String], columns: [String], counts: [[Int]]) -> String {
        let head = columns.map { "<th>\(escaped($0))</th>" }.joined()
        let body = zip(rows, counts).map { name, row in
            let total = max(1, row.reduce(0, +))
            let cells = row.map { count in
                let depth = String(format: "%.2f", 0.75 * Double(count) / Double(total))
                return "<td style=\"background:rgba(42,119,187,\(depth))\">"
                    + "\(count == 0 ? "" : "\(count)")</td>"
            }.joined()
            return "<tr><th>\(escaped(name))</th>\(cells)</tr>"
        }.joined(separator: "\n")
        return "<div class=\"scroll\"><table><thead><tr><th></th>\(head)</tr></thead>"
            + "<tbody>\(body)</tbody></table></div>"
    }
}
