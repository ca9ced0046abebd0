import Foundation
import GRDB
import Testing

@testable import EventStore

@Suite("Queries for events")
struct EventQueryTests {
    private let files: TemporaryStore
    private let store: EventStore

    /// A year of events, so that the planner has something to plan for.
    init() throws {
        files = try TemporaryStore()
        store = try files.open()
        _ = try store.keys(
            for: [TemporaryStore.model],
            sources: [("porch", nil), ("garden", nil)],
            now: noon
        )
        try store.write { database in
            try database.execute(
                sql: """
                    WITH RECURSIVE number (n) AS (
                        SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n < 99999)
                    INSERT INTO event (source_id, class_id, start_utc_ms, end_utc_ms,
                        peak_score, mean_score)
                    SELECT 1 + n % 2, 1 + n % 3, :start + n * 300000, :start + n * 300000 + 900,
                        0.5 + (n % 50) / 100.0, 0.5
                    FROM number
                    """,
                arguments: ["start": noon.utcMilliseconds]
            )
            try database.execute(sql: "PRAGMA optimize")
        }
    }

    private func plan(_ filter: EventFilter) throws -> [String] {
        try store.read { database in
            let query = try #require(try EventQuery(filter, in: database))
            return try Row.fetchAll(
                database,
                sql: "EXPLAIN QUERY PLAN " + query.sql,
                arguments: query.arguments
            ).map { $0["detail"] }
        }
    }

    private func expectIndex(_ index: String, sorts: Bool = false, for filter: EventFilter) throws {
        let steps = try plan(filter)
        #expect(steps.first?.contains("USING INDEX \(index)") == true, "\(steps)")
        #expect(!steps.contains { $0.hasPrefix("SCAN") && !$0.contains("INDEX") }, "\(steps)")
        if !sorts {
            #expect(!steps.contains { $0.contains("TEMP B-TREE") }, "\(steps)")
        }
    }

    @Test func everythingIsReadInTheOrderOfTheIndex() throws {
        var filter = EventFilter()
        filter.limit = 10
        try expectIndex("event_by_start", for: filter)
        filter.order = .newestFirst
        try expectIndex("event_by_start", for: filter)
    }

    @Test func aTimeIsFoundByTheIndex() throws {
        var filter = EventFilter()
        filter.since = noon(plus: 86_400)
        filter.until = noon(plus: 2 * 86_400)
        filter.minScore = 0.9
        try expectIndex("event_by_start", for: filter)
    }

    @Test func aClassIsFoundByTheIndex() throws {
        var filter = EventFilter()
        filter.classes = ["dog_bark"]
        filter.since = noon(plus: 86_400)
        filter.order = .newestFirst
        filter.limit = 20
        try expectIndex("event_by_class_and_start", for: filter)
    }

    @Test func severalClassesAreFoundByAnIndex() throws {
        var filter = EventFilter()
        filter.classes = ["dog_bark", "rain"]
        filter.since = noon(plus: 86_400)
        filter.until = noon(plus: 90_000)
        let steps = try plan(filter)
        #expect(steps.first?.contains("USING INDEX event_by") == true, "\(steps)")
    }

    @Test func aSourceIsFoundByTheIndex() throws {
        var filter = EventFilter()
        filter.source = "garden"
        filter.order = .newestFirst
        filter.limit = 20
        try expectIndex("event_by_source_and_start", for: filter)
    }

    @Test func theRightEventsComeOutOfManyThousand() throws {
        var filter = EventFilter()
        filter.classes = ["rain"]
        filter.source = "garden"
        filter.since = noon(plus: 3_000_000)
        filter.limit = 3
        let events = try store.events(matching: filter)
        #expect(events.allSatisfy { $0.className == "rain" && $0.source == "garden" })
        #expect(events.map(\.id) == [10_002, 10_008, 10_014])
    }

    @Test func whatIsHeardAfterTheClockWasSetBackComesLater() throws {
        let files = try TemporaryStore()
        let store = try files.open()
        let keys = try store.keys(for: [TemporaryStore.model], now: noon)
        func heard(_ id: Int64, at seconds: Double) -> HistoryEntry {
            .ended(
                EventRecord(
                    id: id,
                    source: "porch",
                    model: TemporaryStore.model.key,
                    className: "rain",
                    start: noon(plus: seconds),
                    end: noon(plus: seconds + 1),
                    peakScore: 1,
                    meanScore: 1,
                    levelDBFS: -10
                )
            )
        }
        let step = ClockStep(date: noon(plus: 20), seconds: -100, firstEventID: 3)
        _ = try store.apply(
            [
                heard(1, at: 100), heard(2, at: 110), .clockStepped(step), heard(3, at: 25),
                heard(4, at: 105),
            ],
            keys: keys
        )
        var filter = EventFilter()
        #expect(try store.events(matching: filter).map(\.id) == [1, 2, 3, 4])
        filter.order = .newestFirst
        filter.limit = 2
        #expect(try store.events(matching: filter).map(\.id) == [4, 3])
        #expect(try store.clockSteps() == [step])
    }
}

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
        #expect(tables.count == 22)
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
