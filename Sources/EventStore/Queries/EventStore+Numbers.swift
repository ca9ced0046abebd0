package import Foundation
import GRDB

/// The history by the numbers of its rows, for those who read what is new in it.
extension EventStore {
    /// The first events with a number above one, those that go on too, in the order of numbers.
    package func events(after id: Int64, limit: Int) throws(StoreError) -> [StoredEvent] {
        try read { database in
            let statement = try database.cachedStatement(
                sql: EventQuery.columnsAndTables
                    + " WHERE event.id > ? ORDER BY event.id LIMIT ?"
            )
            return try Row.fetchAll(statement, arguments: [id, limit]).map(StoredEvent.init(row:))
        }
    }

    /// How many events have a number above one.
    package func eventCount(after id: Int64) throws(StoreError) -> Int {
        try read { database in
            let sql = "SELECT count(*) FROM event WHERE id > ?"
            return try Int.fetchOne(database, sql: sql, arguments: [id]) ?? 0
        }
    }

    /// The events that a user labelled after a moment, in the order of that.
    package func events(labelledAfter date: Date) throws(StoreError) -> [StoredEvent] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: EventQuery.columnsAndTables
                    + " WHERE event_label.labelled_utc_ms > ? ORDER BY event_label.labelled_utc_ms",
                arguments: [date.utcMilliseconds]
            ).map(StoredEvent.init(row:))
        }
    }

    /// The first rows of coverage with a number above one, in the order of numbers.
    package func coverage(after id: Int64, limit: Int) throws(StoreError) -> [NumberedCoverage] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: NumberedCoverage.query + " WHERE coverage.id > ? ORDER BY coverage.id LIMIT ?",
                arguments: [id, limit]
            ).compactMap(NumberedCoverage.init(row:))
        }
    }

    /// The rows of coverage of some numbers, in their order; without those that are gone.
    package func coverage(
        numbered ids: some Collection<Int64>
    ) throws(StoreError) -> [NumberedCoverage] {
        try read { database in
            try ids.compactMap { id in
                try Row.fetchOne(
                    database,
                    sql: NumberedCoverage.query + " WHERE coverage.id = ?",
                    arguments: [id]
                ).flatMap(NumberedCoverage.init(row:))
            }
        }
    }
}

/// A row of coverage with its number.
package struct NumberedCoverage: Sendable, Equatable {
    /// Its number.
    package var id: Int64
    /// The name of the source.
    package var source: String
    /// What became of which time; the last one of a source grows.
    package var stretch: CoverageStretch

    fileprivate static let query = """
        SELECT coverage.*, source.name AS source FROM coverage
        JOIN source ON source.id = coverage.source_id
        """

    fileprivate init?(row: Row) {
        guard let stretch = CoverageStretch(row: row) else { return nil }
        id = row["id"]
        source = row["source"]
        self.stretch = stretch
    }
}
