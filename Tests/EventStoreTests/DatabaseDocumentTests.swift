import Foundation
import GRDB
import Testing

@testable import EventStore

@Suite("docs/database.md")
struct DatabaseDocumentTests {
    private let document: String
    private let files: TemporaryStore
    private let store: EventStore

    init() throws {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        document = try String(
            contentsOf: root.appendingPathComponent("docs/database.md"),
            encoding: .utf8
        )
        files = try TemporaryStore()
        store = try files.open()
    }

    /// The text under each second-level heading.
    private var sections: [String: String] {
        var sections: [String: String] = [:]
        for part in document.components(separatedBy: "\n## ").dropFirst() {
            let lines = part.split(separator: "\n", maxSplits: 1)
            if let heading = lines.first {
                sections[String(heading)] = lines.count > 1 ? String(lines[1]) : ""
            }
        }
        return sections
    }

    private func columns(inTable table: String) throws -> [String] {
        try store.read { database in
            try String.fetchAll(
                database,
                sql: "SELECT name FROM pragma_table_info(?)",
                arguments: [table]
            )
        }
    }

    private func tables() throws -> [String] {
        try store.read { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')
                        AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'grdb_%'
                    """
            )
        }
    }

    @Test func everyTableAndColumnIsDescribedAndNoOther() throws {
        let sections = sections
        let tables = try tables()
        #expect(tables.count == 15)
        for table in tables {
            let section = try #require(sections[table], "no section '## \(table)'")
            let described = section.split(separator: "\n").filter { $0.hasPrefix("| `") }
                .compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) }
            #expect(try columns(inTable: table) == described, "table \(table)")
        }
    }

    @Test func everyExampleRuns() throws {
        let examples = document.components(separatedBy: "```sql\n").dropFirst()
            .compactMap { $0.components(separatedBy: "```").first }
        #expect(examples.count >= 6)
        try store.read { database in
            for example in examples {
                try database.execute(sql: example)
            }
        }
    }

    @Test func theDocumentNamesTheFormatInForce() {
        let sentence =
            "`PRAGMA user_version` is the number of the format, now \(StoreSchema.version)."
        #expect(document.contains(sentence))
    }
}
