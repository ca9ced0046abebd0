package import Foundation

/// Where entries wait on disk while the database cannot be written.
///
/// Every entry is durable when ``append(_:)`` returns. The first folder in which that is possible
/// is used; a later one, such as a memory file system, only survives the service and not the
/// machine. Entries of an earlier run are there from the beginning.
package struct EventSpool {
    private var places: [Place] = []
    private var lastNumber: Int64 = 0
    private var models: [ModelIdentity]

    private struct Place {
        let file: SpoolFile
        /// The name that the file's first line gives it; nil while it is empty.
        var name: String?
        /// Whether this run's models are named in it.
        var knowsModels = false
        var waiting = 0
    }

    /// The name of the file in each folder.
    package static let fileName = "events.spool"

    /// How many entries wait.
    package var count: Int { places.map(\.waiting).reduce(0, +) }
    /// How many bytes they take.
    package var bytes: Int { places.map(\.file.size).reduce(0, +) }
    /// The highest number of an event that was found; 0 if there was none.
    package private(set) var lastEventID: Int64 = 0
    /// How many lines are not what was written.
    package private(set) var damagedLines = 0

    /// Looks at what an earlier run has left.
    ///
    /// - Parameters:
    ///   - folders: Where files may be, the best place first.
    ///   - models: The models of what will be appended.
    ///   - maxBytes: How much each file holds at most, in bytes.
    ///   - reservedBytes: How much of the first place is kept free for it, in bytes.
    package init(
        folders: [String],
        models: [ModelIdentity],
        maxBytes: Int = 64 << 20,
        reservedBytes: Int = 256 << 10
    ) {
        self.models = models
        for (index, folder) in folders.enumerated() {
            let file = SpoolFile(
                path: "\(folder)/\(Self.fileName)",
                maxBytes: maxBytes,
                reservedBytes: index == 0 ? reservedBytes : 0
            )
            let content = file.read()
            damagedLines += content.damagedLines
            lastNumber = max(lastNumber, content.records.map(\.number).max() ?? 0)
            lastEventID = max(lastEventID, content.records.compactMap(\.entry?.eventID).max() ?? 0)
            places.append(
                Place(
                    file: file,
                    name: content.records.lazy.compactMap(\.spool).first,
                    waiting: content.records.count { $0.entry != nil }
                )
            )
        }
        places.first?.file.reserve()
    }

    /// Names the models of what is appended from now on.
    package mutating func name(_ models: [ModelIdentity]) {
        self.models = models
        for index in places.indices { places[index].knowsModels = false }
    }

    /// Appends entries to the first place that takes them; they are durable when this returns.
    package mutating func append(_ entries: [HistoryEntry]) throws(SpoolError) {
        var failure = SpoolError.unwritable(path: Self.fileName, reason: "no folder")
        for index in places.indices {
            do throws(SpoolError) {
                var place = places[index]
                try append(entries, to: &place)
                places[index] = place
                return
            } catch {
                if index == 0 { failure = error }
            }
        }
        throw failure
    }

    private mutating func append(
        _ entries: [HistoryEntry],
        to place: inout Place
    )
        throws(SpoolError)
    {
        var number = lastNumber
        var records: [SpoolRecord] = []
        var name = place.name
        if name == nil {
            name = UUID().uuidString
            records.append(SpoolRecord(number: 0, spool: name))
        }
        if !place.knowsModels { records.append(SpoolRecord(number: 0, models: models)) }
        for entry in entries {
            number += 1
            records.append(SpoolRecord(number: number, entry: entry))
        }
        let lines: Data
        do {
            lines = try records.reduce(into: Data()) { $0.append(try $1.line()) }
        } catch {
            throw .unwritable(path: place.file.path, reason: "an entry cannot be encoded")
        }
        try place.file.append(lines)
        lastNumber = number
        place.name = name
        place.knowsModels = true
        place.waiting += entries.count
    }

    // MARK: - Replay

    /// How many entries go into the database at once.
    private static let entriesPerBatch = 500
    /// How many are written before others have a turn.
    private static let mostBatchesPerCall = 20

    private struct Pending {
        let place: Int
        let record: SpoolRecord
        let models: [ModelIdentity]
    }

    /// Moves what waits into the database, each entry once and in order; may leave some for the
    /// next call.
    ///
    /// - Parameters:
    ///   - store: The database.
    ///   - now: The present, for what is seen for the first time.
    ///   - lastGiven: The last number that was given to an event; new ones come after it.
    /// - Returns: What of it needed attention.
    /// - Throws: What the store throws; what is written by then is not written again.
    package mutating func replay(
        into store: EventStore,
        now: Date,
        lastGiven: Int64 = 0
    )
        throws(StoreError) -> AppliedEntries
    {
        var total = AppliedEntries()
        guard count > 0 else { return total }
        var pending = try pendingRecords(in: store)[...]
        for _ in 0..<Self.mostBatchesPerCall where !pending.isEmpty {
            let models = pending[pending.startIndex].models
            let batch = pending.prefix(Self.entriesPerBatch).prefix { $0.models == models }
            pending = pending.dropFirst(batch.count)
            total.add(
                try write(
                    Array(batch),
                    models: models,
                    into: store,
                    now: now,
                    lastGiven: lastGiven
                )
            )
        }
        if pending.isEmpty {
            clear()
            try store.forgetSpoolMarks()
        } else {
            for index in places.indices {
                places[index].waiting = pending.count { $0.place == index }
            }
        }
        return total
    }

    private func write(
        _ batch: [Pending],
        models: [ModelIdentity],
        into store: EventStore,
        now: Date,
        lastGiven: Int64
    ) throws(StoreError) -> AppliedEntries {
        var marks: [String: Int64] = [:]
        for pending in batch {
            if let name = places[pending.place].name { marks[name] = pending.record.number }
        }
        return try store.apply(
            batch.compactMap(\.record.entry),
            keys: try store.keys(for: models, now: now),
            marks: marks,
            lastGiven: lastGiven
        )
    }

    /// Entries not yet in the database, in order.
    private func pendingRecords(in store: EventStore) throws(StoreError) -> [Pending] {
        var all: [Pending] = []
        for (index, place) in places.enumerated() {
            guard place.waiting > 0 else { continue }
            let mark = try place.name.flatMap { name throws(StoreError) in
                try store.spoolMark(of: name)
            }
            var models = self.models
            for record in place.file.read().records {
                models = record.models ?? models
                guard record.entry != nil, record.number > mark ?? 0 else { continue }
                all.append(Pending(place: index, record: record, models: models))
            }
        }
        return all.sorted { $0.record.number < $1.record.number }
    }

    /// Empties the files; one in which lines are damaged is set aside, since nothing is deleted
    /// that has not been read.
    private mutating func clear() {
        for index in places.indices {
            if damagedLines > 0, places[index].file.read().damagedLines > 0 {
                _ = places[index].file.setAside()
            }
            if places[index].name != nil { places[index].file.clear() }
            places[index].name = nil
            places[index].knowsModels = false
            places[index].waiting = 0
        }
        damagedLines = 0
    }
}
