import Foundation
import GRDB

/// Which row of the database is an event's, whatever number it was given.
extension EventStore {
    /// The highest number that an event ever had; 0 before the first.
    package func lastEventID() throws(StoreError) -> Int64 {
        try read { database in try Self.lastEventID(in: database) }
    }

    /// The highest number that an event ever had, read from a history
    /// that is not open yet; nil if it cannot be read.
    ///
    /// The integrity check of a large one takes a while, in which events already need numbers.
    package func glimpsedLastEventID() -> Int64? {
        var options = StoreOptions()
        options.busyTimeoutSeconds = 0
        options.checksIntegrity = false
        guard FileManager.default.fileExists(atPath: path),
            let reader = try? Self.openForReading(path: path, options: options)
        else { return nil }
        defer { try? reader.close() }
        return try? reader.read { database in try Self.lastEventID(in: database) }
    }

    /// The highest number that an event ever had, of those that can be counted on from.
    static func lastEventID(in database: Database) throws -> Int64 {
        // People edit databases: neither the counter nor the rows alone can be trusted.
        try Int64.fetchOne(
            database,
            sql: """
                SELECT max(number) FROM (
                    SELECT seq AS number FROM sqlite_sequence WHERE name = 'event'
                    UNION ALL SELECT max(id) FROM event WHERE id <= :greatest)
                WHERE number <= :greatest
                """,
            arguments: ["greatest": EventNumbers.greatest]
        ) ?? 0
    }

    /// The identity of an event, apart from its number.
    private struct EventIdentity {
        let sourceID: Int64
        let classID: Int64
        let start: Int64

        var arguments: StatementArguments { [sourceID, classID, start - 1, start + 1] }

        /// The spool keeps moments in other units, which may round the last millisecond away.
        static let condition = "source_id = ? AND class_id = ? AND start_utc_ms BETWEEN ? AND ?"
    }

    /// Writes a beginning if it is not there yet, and an end whether or not the beginning is.
    ///
    /// - Returns: The event with the number that it has now.
    static func write(
        _ event: EventRecord,
        keys: inout HistoryKeys,
        lastGiven: Int64,
        in database: Database
    ) throws -> RenumberedEvent {
        guard let classID = keys.models[event.model]?.classIDs[event.className] else {
            throw UnknownName()
        }
        let identity = EventIdentity(
            sourceID: try sourceID(event.source, keys: &keys, at: event.start, database),
            classID: classID,
            start: event.start.utcMilliseconds
        )
        let isTaken =
            try Int64.fetchOne(
                try database.cachedStatement(sql: "SELECT 1 FROM event WHERE id = ?"),
                arguments: [event.id]
            ) != nil
        guard isTaken else {
            try insert(event, as: event.id, identity, in: database)
            return RenumberedEvent(event: event, id: event.id, isNew: true)
        }
        // Its own number first: another event may have begun at the same moment.
        let known = try Int64.fetchOne(
            try database.cachedStatement(
                sql: """
                    SELECT id FROM event WHERE \(EventIdentity.condition)
                    ORDER BY id <> ?, id LIMIT 1
                    """
            ),
            arguments: identity.arguments + [event.id]
        )
        if let known {
            try finish(event, as: known, in: database)
            return RenumberedEvent(event: event, id: known, isNew: false)
        }
        let id = max(lastGiven, try lastEventID(in: database)) + 1
        try insert(event, as: id, identity, in: database)
        return RenumberedEvent(event: event, id: id, isNew: true)
    }

    private static func insert(
        _ event: EventRecord,
        as id: Int64,
        _ identity: EventIdentity,
        in database: Database
    ) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO event (id, source_id, class_id, start_utc_ms, end_utc_ms,
                    peak_score, mean_score, level_dbfs, second_score)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            id, identity.sourceID, identity.classID, identity.start,
            event.end.map { max(identity.start, $0.utcMilliseconds) },
            storedScore(event.peakScore), storedScore(event.meanScore),
            event.levelDBFS.map { Double($0) }, event.secondScore.map(storedScore),
        ])
    }

    /// Writes the end of an event that is there, if the record has one.
    private static func finish(
        _ event: EventRecord,
        as id: Int64,
        in database: Database
    ) throws {
        guard let end = event.end else { return }
        try database.cachedStatement(
            sql: """
                UPDATE event SET end_utc_ms = max(start_utc_ms, ?), peak_score = ?,
                    mean_score = ?, level_dbfs = ?
                WHERE id = ?
                """
        ).execute(arguments: [
            end.utcMilliseconds, storedScore(event.peakScore), storedScore(event.meanScore),
            event.levelDBFS.map { Double($0) }, id,
        ])
    }
}

/// A score as the database keeps it: rounding can put the mean of scores of 1 a little above 1.
func storedScore(_ score: Float) -> Double {
    min(1, max(0, Double(score)))
}

/// What writing entries into the database came to.
package struct AppliedEntries: Sendable, Equatable {
    /// What was repaired at a start; nil if the entries have no start.
    package var recovery: RecoveryReport?
    /// Invalid entries, such as those of a class that no model has; they are skipped, so that they
    /// do not block the others.
    package var refused = 0
    /// Events whose number the database has for another event.
    package var renumbered: [RenumberedEvent] = []

    /// Adds what writing more entries came to.
    mutating func add(_ other: AppliedEntries) {
        refused += other.refused
        recovery = other.recovery ?? recovery
        renumbered += other.renumbered
    }
}

/// An event that has another number in the database than it was given, because that one belongs to
/// another event there.
package struct RenumberedEvent: Sendable, Equatable {
    /// The event, with the number that it was given.
    package let event: EventRecord
    /// The number that it has.
    package let id: Int64
    /// Whether it got that number just now, or had it already.
    package let isNew: Bool

    /// Whether a record is about this event.
    package func concerns(_ record: EventRecord) -> Bool {
        // The spool rounds moments to milliseconds.
        record.id == event.id && record.source == event.source
            && record.className == event.className
            && abs(record.start.timeIntervalSince(event.start)) < 0.002
    }
}

extension HistoryEntry {
    /// The entry with the number that its event has in the database.
    package func renumbered(by changes: [RenumberedEvent]) -> HistoryEntry {
        func changed(_ record: EventRecord) -> EventRecord {
            guard let change = changes.last(where: { $0.concerns(record) }) else { return record }
            var record = record
            record.id = change.id
            return record
        }
        return switch self {
        case .began(let event): .began(changed(event))
        case .ended(let event): .ended(changed(event))
        case .started, .covered, .clockStepped: self
        }
    }
}
