package import Foundation
import GRDB

extension EventStore {
    /// The row numbers of models and of sources; made where they are new.
    ///
    /// - Parameters:
    ///   - models: The models.
    ///   - sources: The sources' names and what they listen to.
    ///   - now: When they are first seen, if they are new.
    /// - Returns: The row numbers.
    /// - Throws: Any ``StoreError`` of writing.
    package func keys(
        for models: [ModelIdentity],
        sources: [(name: String, device: String?)] = [],
        now: Date
    ) throws(StoreError) -> HistoryKeys {
        try write { database in
            var keys = HistoryKeys()
            for model in models {
                keys.models[model.key] = try Self.register(model, now: now, in: database)
            }
            for (name, device) in sources {
                keys.sourceIDs[name] = try Self.sourceID(
                    named: name,
                    device: device,
                    now: now,
                    in: database
                )
            }
            return keys
        }
    }

    /// Writes entries and measurements in one transaction: all of them or none.
    ///
    /// Writing an entry of an event a second time changes nothing. No event takes the row of
    /// another one: where its number is taken, it gets a new one.
    /// - Parameters:
    ///   - entries: What happened, in its order.
    ///   - measurements: Scores, prints and levels.
    ///   - keys: The row numbers of the models and the sources, from ``keys(for:sources:now:)``.
    ///   - marks: How far each spool is written with this; see ``spoolMark(of:)``.
    ///   - lastGiven: The last number that was given to an event; new ones come after it.
    /// - Returns: What of it needs attention.
    /// - Throws: Any ``StoreError`` of writing.
    package func apply(
        _ entries: [HistoryEntry],
        measurements: [SoundMeasurement] = [],
        keys: HistoryKeys,
        marks: [String: Int64] = [:],
        lastGiven: Int64 = 0
    ) throws(StoreError) -> AppliedEntries {
        try write { database in
            var keys = keys
            var applied = AppliedEntries()
            for entry in entries {
                try Self.refusing(&applied) { applied in
                    let result = try Self.apply(
                        entry,
                        keys: &keys,
                        lastGiven: lastGiven,
                        in: database
                    )
                    applied.add(result)
                }
            }
            for measurement in measurements {
                try Self.refusing(&applied) { _ in
                    try Self.write(measurement, keys: &keys, in: database)
                }
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

    /// Forgets the marks of spools that are gone.
    package func forgetSpoolMarks() throws(StoreError) {
        try write { database in
            try database.execute(sql: "DELETE FROM spool_mark")
        }
    }

    /// An entry names an unknown model or class.
    struct UnknownName: Error {}

    /// Counts an invalid entry, so that it does not block the rest.
    private static func refusing(
        _ applied: inout AppliedEntries,
        _ body: (inout AppliedEntries) throws -> Void
    ) throws {
        do {
            try body(&applied)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            applied.refused += 1
        } catch is UnknownName {
            applied.refused += 1
        }
    }

    private static func write(
        _ measurement: SoundMeasurement,
        keys: inout HistoryKeys,
        in database: Database
    ) throws {
        switch measurement {
        case .scores(let source, let model, let block):
            guard let modelID = keys.models[model]?.id else { throw UnknownName() }
            let source = try sourceID(source, keys: &keys, at: block.start, database)
            try insert(block, ofSource: source, model: modelID, in: database)
        case .prints(let source, let model, let block):
            guard let modelID = keys.models[model]?.id else { throw UnknownName() }
            let source = try sourceID(source, keys: &keys, at: block.start, database)
            try insert(block, ofSource: source, model: modelID, in: database)
        case .levels(let source, let minute):
            let source = try sourceID(source, keys: &keys, at: minute.minute, database)
            try insert(minute, ofSource: source, in: database)
        }
    }

    private static func apply(
        _ entry: HistoryEntry,
        keys: inout HistoryKeys,
        lastGiven: Int64,
        in database: Database
    ) throws -> AppliedEntries {
        var applied = AppliedEntries()
        switch entry {
        case .started(let date):
            applied.recovery = try recover(database, now: date)
        case .began(let event), .ended(let event):
            let written = try write(event, keys: &keys, lastGiven: lastGiven, in: database)
            if written.id != event.id { applied.renumbered = [written] }
        case .covered(let source, let stretch):
            let id = try sourceID(source, keys: &keys, at: stretch.start, database)
            if stretch.isOnlyWhereUnknown {
                try insertWhereUnknown(stretch, ofSource: id, in: database)
            } else {
                try insert(stretch, ofSource: id, in: database)
            }
        case .clockStepped(let step):
            try insert(step, in: database)
            try forgetTimeOfUnsetClock(before: step.date.utcMilliseconds, in: database)
        }
        return applied
    }

    static func sourceID(
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

/// The row numbers under which models, their classes and the sources are known in the database.
package struct HistoryKeys: Sendable, Equatable {
    /// A model's rows.
    package struct Model: Sendable, Equatable {
        /// The row of the model.
        package var id: Int64
        /// The row of each of its classes, by the class's name.
        package var classIDs: [String: Int64]
    }

    /// The rows of each model, by ``ModelIdentity/key``.
    package var models: [String: Model] = [:]
    /// The row of each source, by its name.
    package var sourceIDs: [String: Int64] = [:]
}
