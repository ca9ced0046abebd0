package import Foundation
import GRDB

extension EventStore {
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

    /// Which events pass a filter, in its order, to be read a few at a time.
    package func eventIndex(matching filter: EventFilter) throws(StoreError) -> EventIndex {
        try read { database in
            var index = EventIndex()
            let query = try EventQuery(filter, reading: EventQuery.indexColumns, in: database)
            guard let query else { return index }
            let rows = try Row.fetchCursor(database, sql: query.sql, arguments: query.arguments)
            while let row = try rows.next() {
                index.ids.append(row[0])
                let start = Date(utcMilliseconds: row[1])
                index.earliest = min(start, index.earliest ?? start)
                index.models.insert(row[2])
            }
            return index
        }
    }

    /// The events of some numbers, in their order; without those that are gone.
    package func events(
        numbered ids: some Collection<Int64>
    ) throws(StoreError) -> [StoredEvent] {
        try read { database in
            let statement = try database.cachedStatement(
                sql: EventQuery.columnsAndTables + " WHERE event.id = ?"
            )
            return try ids.compactMap { id in
                try Row.fetchOne(statement, arguments: [id]).map(StoredEvent.init(row:))
            }
        }
    }

    /// The event that covers most of a time, of several the surest.
    ///
    /// - Parameters:
    ///   - time: The time; an event that began more than a day before it is not found.
    ///   - source: The source that heard it.
    /// - Returns: The event; nil if none covers any of it.
    /// - Throws: Any ``StoreError`` of reading.
    package func event(
        covering time: Range<Date>,
        ofSource source: String
    ) throws(StoreError) -> StoredEvent? {
        try read { database in
            let statement = try database.cachedStatement(
                sql: EventQuery.columnsAndTables + """
                     WHERE event.source_id = (SELECT id FROM source WHERE name = :source)
                        AND event.start_utc_ms BETWEEN :earliest AND :to
                        AND coalesce(event.end_utc_ms, :to) > :from
                    ORDER BY min(coalesce(event.end_utc_ms, :to), :to)
                        - max(event.start_utc_ms, :from) DESC, event.peak_score DESC LIMIT 1
                    """
            )
            let (from, to) = (time.lowerBound.utcMilliseconds, time.upperBound.utcMilliseconds)
            let arguments: StatementArguments = [
                "source": source, "earliest": from - millisecondsPerDay, "from": from, "to": to,
            ]
            return try Row.fetchOne(statement, arguments: arguments).map(StoredEvent.init(row:))
        }
    }

    /// Stores a user's label of an event.
    ///
    /// The last label counts; nil removes it.
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
                        (event_id, class_name, note, labelled_utc_ms, origin)
                    VALUES (?, ?, ?, ?, ?)
                    """,
                arguments: [
                    id, label.className, label.note, label.labelledAt.utcMilliseconds,
                    label.origin,
                ]
            )
        }
    }

    static func requireChange(ofEvent id: Int64, in database: Database) throws(StoreError) {
        guard database.changesCount == 1 else {
            throw StoreError.noSuchEvent(id: id)
        }
    }
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
        secondScore = row["second_score"]
        model = row["model"]
        clipPath = row["clip_path"]
        userLabel = (row["labelled_utc_ms"] as Int64?).map { milliseconds in
            EventLabel(
                className: row["labelled_class"],
                note: row["note"],
                labelledAt: Date(utcMilliseconds: milliseconds),
                origin: row["label_origin"]
            )
        }
    }
}

/// An event as the history has it.
package struct StoredEvent: Sendable, Equatable {
    /// Its number, never used again for another event.
    package var id: Int64
    /// The name of the source that heard it.
    package var source: String
    /// The name of its class, such as `dog_bark`.
    package var className: String
    /// The name of its class for people, such as "Dog bark".
    package var label: String
    /// Whether its class is private, so that no clip is kept by default.
    package var isPrivate: Bool
    /// The onset.
    package var start: Date
    /// The offset; nil while the event is in progress.
    package var end: Date?
    /// The highest smoothed score, 0...1.
    package var peakScore: Double
    /// The mean of the smoothed scores, 0...1.
    package var meanScore: Double
    /// The level, RMS in dBFS; nil for digital silence.
    package var levelDBFS: Double?
    /// The score of the second model that agreed, 0...1; nil if none was asked.
    package var secondScore: Double?
    /// The name of the model that named it.
    package var model: String
    /// The clip, relative to the clip folder; nil if there is none.
    package var clipPath: String?
    /// The user's label; nil if there is none.
    package var userLabel: EventLabel?
}

/// Which events a filter lets through.
package struct EventIndex: Sendable, Equatable {
    /// Their numbers, in the filter's order.
    package var ids: [Int64] = []
    /// The onset of the earliest; nil if there are none.
    package var earliest: Date?
    /// The names of the models that named them.
    package var models: Set<String> = []
}

/// A user's label of an event.
package struct EventLabel: Sendable, Equatable {
    /// The class that it was, which need not be one of the model's; nil: nothing of the kind,
    /// a false alarm.
    package var className: String?
    /// Anything the user wants to add.
    package var note: String?
    /// When it was labelled.
    package var labelledAt: Date
    /// Where it came from, such as `page`; nil for labels of earlier versions.
    package var origin: String?

    /// Creates the label from its parts.
    package init(
        className: String?,
        note: String? = nil,
        labelledAt: Date,
        origin: String? = nil
    ) {
        self.className = className
        self.note = note
        self.labelledAt = labelledAt
        self.origin = origin
    }
}

extension EventStore {
    /// How often each class was heard, the most frequent first; classes of the same name in
    /// several models are one.
    ///
    /// Events that retention has removed are counted by the day: those of each UTC day that
    /// begins within the time. Without a source, all are counted.
    package func eventCounts(
        from: Date,
        to: Date,
        source: String? = nil
    ) throws(StoreError) -> [EventCount] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    WITH counted AS (
                        SELECT class_id, source_id, 1 AS events,
                            end_utc_ms - start_utc_ms AS sound_ms
                        FROM event
                        WHERE start_utc_ms >= :from AND start_utc_ms < :to
                            AND end_utc_ms IS NOT NULL
                        UNION ALL
                        SELECT class_id, source_id, event_count, sound_ms FROM event_day
                        WHERE day_start_utc_ms >= :from AND day_start_utc_ms < :to
                    )
                    SELECT class.name AS name, max(class.label) AS label,
                        sum(events) AS events, sum(sound_ms) AS sound_ms
                    FROM counted
                    JOIN class ON class.id = class_id
                    JOIN source ON source.id = source_id
                    WHERE :source IS NULL OR source.name = :source
                    GROUP BY class.name ORDER BY events DESC, class.name
                    """,
                arguments: [
                    "from": from.utcMilliseconds, "to": to.utcMilliseconds, "source": source,
                ]
            ).map { row in
                let soundMilliseconds: Int64 = row["sound_ms"]
                return EventCount(
                    className: row["name"],
                    label: row["label"],
                    count: row["events"],
                    soundSeconds: Double(soundMilliseconds) / 1000
                )
            }
        }
    }
}

/// How often a class was heard in a time.
package struct EventCount: Sendable, Equatable {
    /// The name of the class, such as `dog_bark`.
    package var className: String
    /// The name of the class for people, such as "Dog bark".
    package var label: String
    /// The number of events.
    package var count: Int
    /// Their length together, in seconds.
    package var soundSeconds: Double
}
