/// The table of targets in `docs/architecture.md`.
struct ArchitectureTable {
    struct Row: Equatable {
        var target: String
        var responsibility: String
        /// What the target may import, sorted.
        var imports: [String]

        /// The row as it stands in the page.
        var text: String {
            let modules = imports.isEmpty ? "–" : imports.joined(separator: ", ")
            return "| `\(target)` | \(responsibility) | \(modules) |"
        }
    }

    let rows: [Row]

    /// Reads the rows whose first column is a name in back quotes.
    init(page: String) {
        rows = page.split(separator: "\n").compactMap { line in
            let columns = line.split(separator: "|").map { $0.trimmed }
            guard line.hasPrefix("| `"), columns.count == 3 else { return nil }
            let imports = columns[2] == "–" ? [] : columns[2].split(separator: ",").map(\.trimmed)
            return Row(
                target: columns[0].filter { $0 != "`" },
                responsibility: columns[1],
                imports: imports.sorted()
            )
        }
    }
}

extension Substring {
    fileprivate var trimmed: String {
        let start = drop { $0 == " " }
        return String(start.reversed().drop { $0 == " " }.reversed())
    }
}
