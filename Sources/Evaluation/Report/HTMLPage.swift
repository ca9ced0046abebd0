import Foundation
import SoundDatasets

/// A page that needs nothing but itself: tables and drawings in one file, without a script.
struct HTMLPage {
    private let title: String
    private let heading: String
    private let subject: String
    private var sections: [String] = []

    /// Begins a page.
    ///
    /// - Parameters:
    ///   - title: What the window is called.
    ///   - heading: The page's heading.
    ///   - subject: What the page is about, under the heading.
    init(title: String, heading: String, subject: String) {
        self.title = title
        self.heading = heading
        self.subject = subject
    }

    /// Adds a section; its content is HTML.
    mutating func add(_ heading: String, _ content: String) {
        let name = "section-\(sections.count + 1)"
        sections.append(
            "<section aria-labelledby=\"\(name)\">"
                + "<h2 id=\"\(name)\">\(Self.escaped(heading))</h2>\n\(content)</section>"
        )
    }

    /// The page.
    var text: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(Self.escaped(title))</title>
        <style>
        \(Self.style)
        </style>
        </head>
        <body>
        <header>
        <h1>\(Self.escaped(heading))</h1>
        <p class="subject">\(Self.escaped(subject))</p>
        </header>
        <main>
        \(sections.joined(separator: "\n"))
        </main>
        </body>
        </html>

        """
    }

    /// Text escaped for HTML.
    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;")
            .replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }

    /// A paragraph that says how to read what follows.
    static func note(_ text: String) -> String { "<p class=\"note\">\(escaped(text))</p>\n" }

    /// What is looked at by those who want to know more.
    static func details(_ summary: String, _ content: String) -> String {
        "<details><summary>\(escaped(summary))</summary>\n\(content)</details>\n"
    }
}

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

extension HTMLPage {
    /// The looks of the page: on paper, by day and by night, on a telephone and on a desk.
    static let style = """
        :root {
          color-scheme: light dark;
          --page: #fff; --ink: #1d2321; --soft: #59635f; --line: #d9ddd9; --band: #f4f6f4;
          --right: 42 119 187; --hit: #2a7f5f; --miss: #b35c00; --false: #b3261e; --other: #8a938f;
          --curve: 52%; --chroma: .15;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #141816; --ink: #e8ebe9; --soft: #a3ada8; --line: #37403c; --band: #1d2320;
            --right: 70 130 190; --hit: #55b98f; --miss: #f0a33c; --false: #f2867d; --other: #7d8883;
            --curve: 78%; --chroma: .13;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0 auto; max-width: 68rem; padding: 1.2rem 1rem 3rem;
          font: 16px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums;
          color: var(--ink); background: var(--page);
        }
        h1 { font-size: 1.6rem; line-height: 1.25; margin: .4rem 0; letter-spacing: -.01em; }
        h2 { font-size: 1.2rem; margin: 2.4rem 0 .5rem; }
        h3 { font-size: 1rem; margin: 1.8rem 0 .3rem; }
        h1, h3, .subject { overflow-wrap: anywhere; }
        .subject, .note, caption, figcaption, h3 small { color: var(--soft); }
        h3 small { font-weight: normal; margin-left: .4rem; }
        .note { max-width: 46rem; margin: .2rem 0 .8rem; }
        dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(19rem, 100%), 1fr));
          gap: 0 2rem; margin: 0; }
        dl div { border-top: 1px solid var(--line); padding: .45rem 0; break-inside: avoid; }
        dt { color: var(--soft); font-size: .875rem; }
        dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
        .scroll { overflow-x: auto; margin: .6rem 0; }
        table { border-collapse: separate; border-spacing: 0; font-size: .9375rem; }
        caption { text-align: left; padding: 0 0 .5rem; }
        caption span { display: inline-block; position: sticky; left: 0;
          max-width: min(46rem, 100vw - 2rem); }
        th, td { padding: .3rem .6rem; text-align: left; white-space: nowrap; }
        th { font-weight: 600; }
        thead th { border-bottom: 1px solid var(--ink); vertical-align: bottom; }
        tbody th, tbody td { border-bottom: 1px solid var(--line); }
        tbody th, thead th:first-child { position: sticky; left: 0; background: var(--page); }
        th:first-child, td:first-child { padding-left: 0; }
        .number { text-align: right; }
        .matrix tbody th { border-bottom-color: transparent; }
        .matrix td { background: rgb(var(--right) / var(--depth)); border: 1px solid var(--page);
          min-width: 3.2rem; }
        .matrix td.right { outline: 1px solid var(--soft); outline-offset: -2px; }
        .matrix .none { color: var(--soft); }
        figure { margin: .6rem 0; break-inside: avoid; }
        .curves { display: grid; grid-template-columns: minmax(0, 30rem) minmax(10rem, 1fr);
          gap: 1rem 2rem; align-items: start; }
        .curves svg { display: block; width: 100%; height: auto; }
        .curves svg text { font: 12px system-ui, sans-serif; fill: var(--ink); }
        .grid { stroke: var(--line); fill: none; }
        .curve, .legend svg { --colour: oklch(var(--curve) var(--chroma) var(--hue));
          stroke: var(--colour); fill: none; stroke-width: 2; }
        .curve path { stroke-linejoin: round; }
        .curve circle { r: 5px; fill: var(--colour); stroke: none; opacity: 0; }
        .curve.few circle { r: 2.6px; opacity: 1; }
        .curve:hover, .curve.chosen { stroke-width: 4; }
        .curve circle:hover { r: 6px; opacity: 1; }
        .curve circle.force { r: 5px; fill: var(--page); stroke: var(--colour); opacity: 1; }
        .legend p { grid-column: 1 / -1; margin: 1rem 0 0; color: var(--soft); font-size: .875rem; }
        .legend label { display: flex; align-items: center; gap: .5rem; padding: .15rem 0; }
        .legend svg { width: 28px; height: 10px; flex: none; }
        .legend output { color: var(--soft); margin-left: auto; }
        .legend { max-width: 22rem; }
        .legend .name { overflow-wrap: anywhere; }
        .key { display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; list-style: none; padding: 0;
          margin: .4rem 0; }
        .key li { display: flex; align-items: center; gap: .5rem; }
        .key .bar { position: static; width: 1.8rem; }
        .lane { display: grid; grid-template-columns: 9.5rem 1fr; align-items: center;
          font-size: .875rem; }
        .lane .name { overflow-wrap: anywhere; padding-right: .6rem; line-height: 1.2; }
        .track { position: relative; height: 28px; border-bottom: 1px solid var(--line);
          background: linear-gradient(90deg, var(--line) 1px, transparent 1px) 0 0 / var(--step) 100%;
        }
        .bar { position: absolute; top: 3px; height: 10px; min-width: 3px; border-radius: 2px;
          border: 1.5px solid; }
        .bar.event, .bar.false { top: 15px; }
        .found, .event { color: var(--hit); background: var(--hit); }
        .missed { color: var(--miss); background: transparent; }
        .other { color: var(--other); background: transparent; border-style: dotted; }
        .false { color: var(--false);
          background: repeating-linear-gradient(135deg, var(--false) 0 2px, transparent 2px 5px); }
        .axis .track { height: 1.5rem; background: none; border: 0; }
        .axis .track span { position: absolute; top: .2rem; color: var(--soft); white-space: nowrap; }
        details { margin: .4rem 0 1rem; }
        summary { cursor: pointer; padding: .2rem 0; color: var(--soft); }
        :focus-visible { outline: 2px solid rgb(var(--right)); outline-offset: 2px; }
        @media (max-width: 44rem) {
          .curves { grid-template-columns: minmax(0, 1fr); }
          .legend { max-width: none; display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr));
            gap: 0 1.2rem; }
          .legend p { margin: 0; }
          .lane { grid-template-columns: 1fr; }
          .axis .name { display: none; }
          .lane .name { padding-top: .35rem; }
        }
        @media print {
          :root {
            --page: #fff; --ink: #000; --soft: #444; --line: #ccc; --right: 42 119 187;
            --hit: #2a7f5f; --miss: #b35c00; --false: #b3261e; --curve: 45%; --chroma: .15;
          }
          :root { font-size: 11px; }
          * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
          body { max-width: none; padding: 0; font-size: 1rem; }
          .scroll { overflow: visible; }
          tbody th, thead th:first-child, caption span { position: static; }
          .curves svg { max-width: 26rem; }
          th, td { padding: .15rem .35rem; }
          .matrix td { min-width: 0; }
          h2, h3, .note, .key, summary, caption { break-after: avoid; }
          tr, .lane { break-inside: avoid; }
          details:not([open]) { display: none; }
        }
        """
}
