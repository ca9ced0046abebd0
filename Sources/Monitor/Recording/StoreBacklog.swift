import EventStore
import Foundation

/// Makes what happened durable, in order: in the database, or else in the spool, until the
/// database has it.
///
/// A locked database or a full disk blocks nothing else. What cannot be written anywhere waits in
/// memory: scores and levels are dropped first, coverage next, events never.
struct StoreBacklog {
    /// A source as the database names it.
    typealias NamedSource = (name: String, device: String?)

    /// Why nothing can be written to the database at the moment; nil when all is well.
    private(set) var fault: StoreError?
    /// Why nothing can be written to the spool either; nil while that is possible or not needed.
    private(set) var spoolFault: SpoolError?
    /// How many measurements and stretches of coverage were dropped.
    private(set) var droppedItems = 0
    /// How many entries the database rejected as invalid.
    private(set) var refusedEntries = 0
    /// What recovery at the start did; nil until the database has the start.
    private(set) var recovery: RecoveryReport?
    /// Gives events their numbers.
    private var numbers: EventNumbers
    /// Events that got another number from the database, since ``removeRenumbered()``.
    private var renumbered: [RenumberedEvent] = []

    private var models: [ModelIdentity]
    private let sources: [NamedSource]
    private var spool: EventSpool
    private var entries: [HistoryEntry] = []
    private var measurements: [SoundMeasurement] = []
    private var keys: HistoryKeys?
    /// When the service started, which is when a new source is first seen, however long the database
    /// took to open.
    private var started: Date?
    /// Grows when it is events that wait.
    private var mostEntries = Self.mostEntries
    private var nextAttempt = ContinuousClock.now
    private let graceEnd: ContinuousClock.Instant

    private static let mostMeasurements = 500
    private static let mostEntries = 20_000
    private static let pause = Duration.seconds(1)

    /// Begins with nothing but what an earlier run left in the spool.
    ///
    /// - Parameters:
    ///   - models: The models in use.
    ///   - sources: The sources that are listened to.
    ///   - spool: Where entries wait on disk.
    ///   - numbers: Gives events their numbers.
    ///   - grace: How long entries wait in memory for a database that is being opened.
    init(
        models: [ModelIdentity],
        sources: [NamedSource],
        spool: EventSpool,
        numbers: EventNumbers,
        grace: Duration = .seconds(2)
    ) {
        self.models = models
        self.sources = sources
        self.spool = spool
        self.numbers = numbers
        self.numbers.raise(past: spool.lastEventID)
        graceEnd = .now + grace
    }

    /// Whether the database has everything.
    var isEmpty: Bool {
        fault == nil && entries.isEmpty && measurements.isEmpty && spool.count == 0
    }
    /// How many entries wait in memory.
    var waitingEntries: Int { entries.count }
    /// How many scores and levels wait in memory.
    var waitingMeasurements: Int { measurements.count }
    /// How many entries wait in the spool.
    var spooledEntries: Int { spool.count }
    /// How many lines of the spool cannot be read.
    var damagedSpoolLines: Int { spool.damagedLines }

    /// Appends something that happened.
    mutating func append(_ entry: HistoryEntry) {
        entries.append(entry)
        if case .started(let date) = entry { started = date }
        guard entries.count > mostEntries else { return }
        // In one go, since looking for them each time would take ever longer.
        let oldest = entries.prefix(mostEntries / 2)
        let kept = oldest.filter { $0.eventID != nil }
        droppedItems += oldest.count - kept.count
        entries.replaceSubrange(0..<oldest.count, with: kept)
        if kept.count == oldest.count { mostEntries *= 2 }
    }

    /// Appends scores or levels, which wait in memory only.
    mutating func append(_ measurement: SoundMeasurement) {
        measurements.append(measurement)
        guard measurements.count > Self.mostMeasurements else { return }
        measurements.removeFirst()
        droppedItems += 1
    }

    /// Takes entries of further models from now on; those of the others may still come.
    mutating func add(_ identities: [ModelIdentity]) {
        let known = Set(models.map(\.key))
        let new = identities.filter { !known.contains($0.key) }
        guard !new.isEmpty else { return }
        models += new
        spool.name(models)
        keys = nil
    }

    /// Begins with a database that may be open already.
    mutating func open(_ store: EventStore) {
        if store.fault == nil {
            reopen(store, wasDamaged: false)
        } else if let last = store.glimpsedLastEventID() {
            numbers.raise(pastDatabase: last)
        }
    }

    /// Goes on with a database that was opened, for the first time or again.
    ///
    /// - Parameters:
    ///   - store: The database.
    ///   - wasDamaged: Whether numbers of events may have been lost with part of it.
    mutating func reopen(_ store: EventStore, wasDamaged: Bool) {
        if let last = try? store.lastEventID() { numbers.raise(pastDatabase: last) }
        if wasDamaged { numbers.raisePastPromise() }
        keys = nil
        nextAttempt = .now
    }

    /// Writes what waits.
    ///
    /// - Parameters:
    ///   - store: The database.
    ///   - now: The present, for what is seen for the first time.
    /// - Returns: What is durable now, in order.
    mutating func write(to store: EventStore, now: Date = Date()) -> [HistoryEntry] {
        if fault == nil || nextAttempt <= .now {
            let durable = writeToDatabase(store, now: now)
            if fault == nil { return durable }
            nextAttempt = .now + Self.pause
        }
        return writeToSpool()
    }

    private mutating func writeToDatabase(_ store: EventStore, now: Date) -> [HistoryEntry] {
        if let unopened = store.fault {
            fault = unopened
            return []
        }
        do throws(StoreError) {
            let keys = try knownKeys(in: store, now: now)
            count(try spool.replay(into: store, now: now, lastGiven: numbers.lastGiven))
            // What is new comes after what still waits on disk.
            guard spool.count == 0 else {
                fault = nil
                return writeToSpool()
            }
            var written = entries
            if !entries.isEmpty || !measurements.isEmpty {
                let applied = try store.apply(
                    entries,
                    measurements: measurements,
                    keys: keys,
                    lastGiven: numbers.lastGiven
                )
                count(applied)
                if !applied.renumbered.isEmpty {
                    written = entries.map { $0.renumbered(by: applied.renumbered) }
                }
            }
            fault = nil
            spoolFault = nil
            measurements = []
            entries = []
            return written
        } catch {
            fault = error
            return []
        }
    }

    private mutating func knownKeys(
        in store: EventStore,
        now: Date
    ) throws(StoreError) -> HistoryKeys {
        if let keys { return keys }
        let found = try store.keys(
            for: models,
            sources: sources,
            now: min(now, started ?? now)
        )
        keys = found
        return found
    }

    private mutating func writeToSpool() -> [HistoryEntry] {
        guard !entries.isEmpty else { return [] }
        if case .notOpenYet = fault, ContinuousClock.now < graceEnd { return [] }
        do throws(SpoolError) {
            try spool.append(entries)
            spoolFault = nil
            defer { entries = [] }
            return entries
        } catch {
            spoolFault = error
            return []
        }
    }

    private mutating func count(_ applied: AppliedEntries) {
        refusedEntries += applied.refused
        recovery = applied.recovery ?? recovery
        renumbered += applied.renumbered
        for event in applied.renumbered { numbers.raise(past: event.id) }
    }

    /// Gives a new event a number that was never used before, at a moment.
    mutating func allocateEventID(now: Date) -> Int64 { numbers.allocate(now: now) }

    /// The number that the next event will get.
    var nextEventID: Int64 { numbers.upcoming }

    /// Returns the renumbered events, once each.
    mutating func removeRenumbered() -> [RenumberedEvent] {
        defer { renumbered = [] }
        return renumbered
    }
}
