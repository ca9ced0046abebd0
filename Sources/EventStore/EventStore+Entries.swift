package import Foundation
import GRDB

extension EventStore {
    /// The row numbers of a model and of sources; made where they are new.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - sources: The sources' names and what they listen to.
    ///   - now: When they are first seen, if they are new.
    /// - Throws: Any ``StoreError`` of writing.
    package func keys(
        for model: ModelIdentity,
        sources: [(name: String, device: String?)] = [],
        now: Date
    ) throws(StoreError) -> HistoryKeys {
        let registered = try register(model, now: now)
        var keys = HistoryKeys(modelID: registered.modelID, classIDs: [:], sourceIDs: [:])
        for (sound, id) in zip(model.classes, registered.classIDs) {
            keys.classIDs[sound.name] = id
        }
        for source in sources {
            keys.sourceIDs[source.name] = try sourceID(
                named: source.name,
                device: source.device,
                now: now
            )
        }
        return keys
    }

    /// Writes entries, and blocks of scores, in one transaction: all of them or none.
    ///
    /// Writing an entry of an event a second time changes nothing.
    /// - Parameters:
    ///   - entries: What happened, in its order.
    ///   - blocks: Scores of the same model, by the name of their source.
    ///   - keys: The row numbers of the model and the sources, from ``keys(for:sources:now:)``.
    ///   - marks: How far each spool is written with this; see ``spoolMark(of:)``.
    /// - Throws: Any ``StoreError`` of writing.
    package func apply(
        _ entries: [HistoryEntry],
        scores blocks: [(source: String, block: ScoreBlock)] = [],
        keys: HistoryKeys,
        marks: [String: Int64] = [:]
    ) throws(StoreError) -> AppliedEntries {
        try write { database in
            var keys = keys
            var applied = AppliedEntries()
            for entry in entries {
                do {
                    let recovery = try Self.apply(entry, keys: &keys, in: database)
                    applied.recovery = recovery ?? applied.recovery
                } catch let error as DatabaseError
                    where error.resultCode == .SQLITE_CONSTRAINT
                {
                    applied.refused += 1
                } catch is UnknownClass {
                    applied.refused += 1
                }
            }
            for (source, block) in blocks {
                var block = block
                block.sourceID = try Self.sourceID(source, keys: &keys, at: block.start, database)
                block.modelID = keys.modelID
                try Self.insert(block, in: database)
            }
            for (spool, record) in marks {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO spool_mark (spool, last_record) VALUES (?, ?)",
                    arguments: [spool, record]
                )
            }
            return applied
        }
    }

    /// Up to which record a spool is in the database; nil if nothing of it is.
    package func spoolMark(of spool: String) throws(StoreError) -> Int64? {
        try read { database in
            try Int64.fetchOne(
                database,
                sql: "SELECT last_record FROM spool_mark WHERE spool = ?",
                arguments: [spool]
            )
        }
    }

    /// Forgets the marks of spools that are no more.
    package func forgetSpoolMarks() throws(StoreError) {
        try write { database in
            try database.execute(sql: "DELETE FROM spool_mark")
        }
    }

    /// The highest number that an event ever had; 0 before the first.
    package func lastEventID() throws(StoreError) -> Int64 {
        try read { database in
            try Int64.fetchOne(
                database,
                sql: "SELECT seq FROM sqlite_sequence WHERE name = 'event'"
            ) ?? 0
        }
    }

    /// The moments at which the wall clock was set, in the order in which it happened.
    package func clockSteps() throws(StoreError) -> [ClockStep] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM clock_step ORDER BY id").map { row in
                ClockStep(
                    date: Date(utcMilliseconds: row["at_utc_ms"]),
                    seconds: Double(row["step_ms"] as Int64) / 1000,
                    firstEventID: row["first_event_id"]
                )
            }
        }
    }

    /// An entry names a class that its model does not have.
    private struct UnknownClass: Error {}

    private static func apply(
        _ entry: HistoryEntry,
        keys: inout HistoryKeys,
        in database: Database
    ) throws -> RecoveryReport? {
        switch entry {
        case .started(let date):
            return try recover(database, now: date)
        case .began(let event), .ended(let event):
            try write(event, keys: &keys, in: database)
        case .covered(let source, let stretch):
            let id = try sourceID(source, keys: &keys, at: stretch.start, database)
            try insert(stretch.span(ofSource: id), in: database)
        case .clockStepped(let step):
            try insert(step, in: database)
        }
        return nil
    }

    static func insert(_ step: ClockStep, in database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO clock_step (at_utc_ms, step_ms, first_event_id) VALUES (?, ?, ?)
                """,
            arguments: [
                step.date.utcMilliseconds, Int64((step.seconds * 1000).rounded()),
                step.firstEventID,
            ]
        )
    }

    /// Writes a beginning if it is not there yet, and an end whether or not the beginning is.
    private static func write(
        _ event: EventRecord,
        keys: inout HistoryKeys,
        in database: Database
    ) throws {
        guard let classID = keys.classIDs[event.className] else { throw UnknownClass() }
        let start = event.start.utcMilliseconds
        try database.cachedStatement(
            sql: """
                INSERT INTO event (id, source_id, class_id, start_utc_ms, end_utc_ms,
                    peak_score, mean_score, level_dbfs)
                VALUES (:id, :source, :class, :start, :end, :peak, :mean, :level)
                ON CONFLICT (id) DO UPDATE SET end_utc_ms = max(start_utc_ms, :end),
                    peak_score = :peak, mean_score = :mean, level_dbfs = :level
                WHERE :end IS NOT NULL
                """
        ).execute(arguments: [
            "id": event.id,
            "source": try sourceID(event.source, keys: &keys, at: event.start, database),
            "class": classID,
            "start": start,
            "end": event.end.map { max(start, $0.utcMilliseconds) },
            "peak": storedScore(event.peakScore),
            "mean": storedScore(event.meanScore),
            "level": event.levelDBFS.map { Double($0) },
        ])
    }

    private static func sourceID(
        _ name: String,
        keys: inout HistoryKeys,
        at date: Date,
        _ database: Database
    ) throws -> Int64 {
        if let known = keys.sourceIDs[name] { return known }
        let id = try sourceID(named: name, device: nil, now: date, in: database)
        keys.sourceIDs[name] = id
        return id
    }
}
