import AudioFiles
import EventStore
import Foundation
import Messages
import Monitor
import MonitorClient
import MonitorServer
import Platform
import Settings

/// The event history as a command reaches it: through the running service, or by its file where none
/// runs.
struct HistoryAccess {
    private enum Way {
        case service(MonitorClient)
        case file(EventStore)
    }

    private let way: Way
    private let options: ServiceOptions

    /// The most events that one answer holds.
    private static let pageLength = 10_000

    /// Finds the history.
    ///
    /// - Parameters:
    ///   - service: Where it may be.
    ///   - writes: Whether labels will be written: without a service its lock is held until it is closed.
    /// - Returns: The way to it; to be closed.
    /// - Throws: When there is none, or it may not be changed.
    static func open(_ service: ServiceOptions, writes: Bool) async throws -> HistoryAccess {
        do {
            let client = try await MonitorClient.firstAnswering(
                at: service.location.clientSocketPaths
            )
            return HistoryAccess(way: .service(client), options: service)
        } catch ClientError.notRunning(let socket) {
            let path = service.location.databasePath
            guard writes else {
                let reader = try EventStore.openForQueries(path: path)
                return HistoryAccess(way: .file(reader), options: service)
            }
            // Afterwards it is whole and of today's format: opening it changes nothing.
            try EventStore.openReadOnly(path: path).close()
            var options = StoreOptions()
            options.checksIntegrity = false
            let store = EventStore(
                unopenedAt: path,
                options: options,
                lock: try service.historyLock(unansweredAt: socket)
            )
            _ = try store.open()
            return HistoryAccess(way: .file(store), options: service)
        }
    }

    /// Lets go of the history.
    func close() {
        if case .file(let store) = way { try? store.close() }
    }

    /// The event of a number; nil if there is none.
    func event(_ id: Int64) async throws -> EventMessage? {
        switch way {
        case .file(let store): return try store.event(id)?.message
        case .service(let client):
            do throws(ClientError) {
                return try await client.event(id)
            } catch .refused(_, let message) where message.code == "no_such_event" {
                return nil
            }
        }
    }

    /// All events of a time that pass, the oldest first, however many.
    ///
    /// - Parameters:
    ///   - since: Only events that begin at this time or later.
    ///   - until: Only events that begin before this time.
    ///   - source: Only events of this source.
    ///   - label: Only events of which a user said this.
    /// - Returns: The events.
    /// - Throws: When they can't be read.
    func events(
        since: Date? = nil,
        until: Date? = nil,
        source: String? = nil,
        label: EventFilter.Label? = nil
    ) async throws -> [EventMessage] {
        switch way {
        case .file(let store):
            try store.requireNames(source: source)
            var filter = EventFilter()
            (filter.since, filter.until) = (since, until)
            (filter.source, filter.label) = (source, label)
            return try store.events(matching: filter).map(\.message)
        case .service(let client):
            var found: [Int64: EventMessage] = [:]
            var until = until
            while true {
                let page = try await client.events(
                    since: since,
                    until: until,
                    source: source,
                    label: label?.rawValue,
                    limit: Self.pageLength
                ).events
                let known = found.count
                for event in page { found[event.id] = event }
                guard page.count == Self.pageLength, found.count > known,
                    let oldest = page.map(\.start).min()
                else { break }
                until = oldest + 0.001
            }
            return found.values.sorted { ($0.start, $0.id) < ($1.start, $1.id) }
        }
    }

    /// Unlabelled events that are worth a person's minute, the worthiest first.
    ///
    /// - Parameters:
    ///   - since: Only events that begin at this time or later.
    ///   - classes: Only events of these classes; empty: all.
    ///   - source: Only events of this source.
    ///   - limit: At most so many.
    /// - Returns: The events, in an order that each label changes.
    /// - Throws: When they can't be read.
    func eventsWorthReview(
        since: Date,
        classes: [String],
        source: String?,
        limit: Int
    ) async throws -> [EventMessage] {
        switch way {
        case .service(let client):
            return try await client.events(
                since: since,
                classes: classes,
                source: source,
                label: EventFilter.Label.unlabelled.rawValue,
                order: "worth",
                limit: limit
            ).events
        case .file(let store):
            try store.requireNames(source: source, classes: classes)
            var filter = EventFilter()
            (filter.since, filter.classes, filter.source) = (since, classes, source)
            (filter.label, filter.limit) = (.unlabelled, limit)
            return try store.eventsWorthReview(matching: filter, thresholds: await thresholds())
                .map(\.message)
        }
    }

    /// The thresholds in force.
    func thresholds() async throws -> [ThresholdMessage] {
        switch way {
        case .service(let client): try await client.thresholds()
        case .file: try await options.settingsHere().thresholds()
        }
    }

    /// The names of the classes that the models have.
    func classNames() async throws -> [String] {
        switch way {
        case .file(let store): try store.classNames()
        case .service(let client): try await client.thresholds().map(\.className)
        }
    }

    /// How often each class was heard in the last days, and since when that is counted.
    func eventCounts(days: Int) async throws -> (from: Date, counts: [ClassKey: Int]) {
        switch way {
        case .file(let store):
            let now = Date()
            let asked = now - Double(days) * 86_400
            let summaries = try store.classSummaries(from: asked, to: now)
            let counts = summaries.map { (ClassKey($0.model, $0.className), $0.events) }
            return (asked, Dictionary(counts) { $0 + $1 })
        case .service(let client):
            let list = try await client.sounds(days: days)
            let counts = list.sounds.map { (ClassKey($0.modelName, $0.className), $0.events) }
            return (list.from, Dictionary(counts) { $0 + $1 })
        }
    }

    /// The file with the sound of an event; nil if there is none any more.
    func clip(of event: EventMessage) async throws -> [UInt8]? {
        guard let path = event.clip, let name = ClipName(path) else { return nil }
        switch way {
        case .file:
            let clips = ClipFolder(path: options.location.clipsDirectory)
            return try? FileContents.read(clips.location(of: name))
        case .service(let client):
            do throws(ClientError) {
                return try await client.clip(ofEvent: event.id)
            } catch .refused(404, _) {
                return nil
            }
        }
    }

    /// Stores what a user says of an event; nil: a false alarm.
    ///
    /// - Returns: The event with its label.
    @discardableResult
    func label(
        _ id: Int64,
        _ className: String?,
        from origin: LabelOrigin
    ) async throws -> EventMessage {
        switch way {
        case .service(let client):
            do throws(ClientError) {
                return try await client.label(event: id, className: className, origin: origin)
            } catch .refused(_, let message) where message.code == "no_such_event" {
                throw StoreError.noSuchEvent(id: id)
            }
        case .file(let store):
            let label = EventLabel(
                className: className,
                labelledAt: Date(),
                origin: origin.rawValue
            )
            try store.setLabel(id, to: label)
            guard let event = try store.event(id) else { throw StoreError.noSuchEvent(id: id) }
            return event.message
        }
    }
}

/// A class of a model, by their names.
struct ClassKey: Hashable, Comparable {
    let model: String
    let className: String

    init(_ model: String, _ className: String) {
        self.model = model
        self.className = className
    }

    static func < (one: ClassKey, other: ClassKey) -> Bool {
        (one.className, one.model) < (other.className, other.model)
    }
}

extension ServiceOptions {
    /// The lock under which the files of the state folder may be changed without the service.
    func historyLock(unansweredAt socket: String) throws -> HistoryLock {
        do throws(StoreError) {
            return try HistoryLock(databasePath: location.databasePath)
        } catch .inUse(let path, let holder) {
            throw CommandFailure(
                .unavailable,
                "A service uses '\(path)' (\(holder)) but does not answer at '\(socket)'. "
                    + "Set RUNTIME_DIRECTORY to the folder of its api.sock, or stop it first."
            )
        }
    }
}
