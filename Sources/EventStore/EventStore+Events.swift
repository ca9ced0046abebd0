import Foundation
import GRDB

extension EventStore {
    /// Writes an event at its beginning, or whole if it has an end, and returns its number.
    package func begin(_ event: NewEvent) throws(StoreError) -> Int64 {
        let start = event.start.utcMilliseconds
        let end = event.end.map { max(start, $0.utcMilliseconds) }
        return try write { database in
            let statement = try database.cachedStatement(
                sql: """
                    INSERT INTO event (source_id, class_id, start_utc_ms, end_utc_ms,
                        peak_score, mean_score, level_dbfs)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """
            )
            try statement.execute(arguments: [
                event.sourceID, event.classID, start, end, storedScore(event.peakScore),
                storedScore(event.meanScore), storedLevel(event.levelDBFS),
            ])
            return database.lastInsertedRowID
        }
    }

    /// Writes the end of an event.
    ///
    /// - Throws: ``StoreError/noSuchEvent(id:)`` if retention or a user has removed it meanwhile.
    package func finish(_ id: Int64, with ending: EventEnding) throws(StoreError) {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE event SET end_utc_ms = max(start_utc_ms, ?), peak_score = ?,
                        mean_score = ?, level_dbfs = ?
                    WHERE id = ?
                    """,
                arguments: [
                    ending.end.utcMilliseconds, storedScore(ending.peakScore),
                    storedScore(ending.meanScore), storedLevel(ending.levelDBFS), id,
                ]
            )
            try Self.requireChange(ofEvent: id, in: database)
        }
    }

    /// The event of the given number; nil if there is none.
    package func event(_ id: Int64) throws(StoreError) -> StoredEvent? {
        try read { database in
            let statement = try database.cachedStatement(
                sql: EventQuery.columnsAndTables + " WHERE event.id = ?"
            )
            return try Row.fetchOne(statement, arguments: [id]).map(StoredEvent.init(row:))
        }
    }

    /// The events that pass a filter, in its order.
    package func events(matching filter: EventFilter) throws(StoreError) -> [StoredEvent] {
        try read { database in
            guard let query = try EventQuery(filter, in: database) else {
                return []
            }
            return try Row.fetchAll(database, sql: query.sql, arguments: query.arguments)
                .map(StoredEvent.init(row:))
        }
    }

    /// Keeps what a user says that an event was.
    ///
    /// The last word counts; nil takes it back.
    /// - Throws: ``StoreError/noSuchEvent(id:)`` if there is no such event.
    package func setLabel(_ id: Int64, to label: EventLabel?) throws(StoreError) {
        try write { database in
            let exists = try Bool.fetchOne(
                database,
                sql: "SELECT EXISTS (SELECT 1 FROM event WHERE id = ?)",
                arguments: [id]
            )
            guard exists == true else {
                throw StoreError.noSuchEvent(id: id)
            }
            guard let label else {
                try database.execute(
                    sql: "DELETE FROM event_label WHERE event_id = ?",
                    arguments: [id]
                )
                return
            }
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO event_label
                        (event_id, class_name, note, labelled_utc_ms)
                    VALUES (?, ?, ?, ?)
                    """,
                arguments: [id, label.className, label.note, label.labelledAt.utcMilliseconds]
            )
        }
    }

    static func requireChange(ofEvent id: Int64, in database: Database) throws(StoreError) {
        guard database.changesCount == 1 else {
            throw StoreError.noSuchEvent(id: id)
        }
    }
}

/// A level as the database keeps it: NULL for digital silence.
private func storedLevel(_ levelDBFS: Float) -> Double? {
    levelDBFS.isFinite ? Double(levelDBFS) : nil
}

/// A score as the database keeps it: rounding can put the mean of scores of 1 a little above 1.
func storedScore(_ score: Float) -> Double {
    min(1, max(0, Double(score)))
}

extension StoredEvent {
    /// Reads a row of ``EventQuery``.
    init(row: Row) {
        id = row["id"]
        source = row["source"]
        className = row["class"]
        label = row["label"]
        isPrivate = row["is_private"]
        start = Date(utcMilliseconds: row["start_utc_ms"])
        end = (row["end_utc_ms"] as Int64?).map(Date.init(utcMilliseconds:))
        peakScore = row["peak_score"]
        meanScore = row["mean_score"]
        levelDBFS = row["level_dbfs"]
        model = row["model"]
        clipPath = row["clip_path"]
        userLabel = (row["labelled_utc_ms"] as Int64?).map { milliseconds in
            EventLabel(
                className: row["labelled_class"],
                note: row["note"],
                labelledAt: Date(utcMilliseconds: milliseconds)
            )
        }
    }
}
