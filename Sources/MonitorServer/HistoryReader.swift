import EventStore
import Foundation
import Messages
import Monitor
import NIOPosix

/// Reads the event history for the routes, on threads that may block.
struct HistoryReader: Sendable {
    let store: EventStore
    let controls: MonitorControls
    let threads: NIOThreadPool

    /// How long a query waits while the history is being opened, which takes a while if it is large.
    private static let patience: Duration = .seconds(5)

    /// Runs a query, as soon as the history is open.
    func read<Value: Sendable>(
        _ query: @escaping @Sendable (EventStore) throws -> Value
    ) async throws -> Value {
        let store = store
        let end = ContinuousClock.now + Self.patience
        while true {
            do {
                return try await threads.runIfActive { try query(store) }
            } catch StoreError.notOpenYet where ContinuousClock.now < end {
                // The page of a service that has just been started would show an error.
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// An event by its number.
    ///
    /// - Throws: `APIError` if there is none.
    func event(_ id: Int64) async throws -> StoredEvent {
        guard let event = try await read({ store in try store.event(id) }) else {
            throw APIError.noSuchEvent("\(id)")
        }
        return event
    }

    /// How much of a time was listened to; the end is now at the latest.
    func coverage(
        since: Date?,
        until: Date?,
        source: String?,
        now: Date
    ) async throws
        -> CoverageMessage
    {
        try await read { store in
            let end = min(now, until ?? now)
            return try store.coverage(from: since.map { min($0, end) }, to: end, source: source)
                .message
        }
    }

    /// Refuses names that neither the history nor a model in use has.
    func checkNames(
        classes: [String] = [],
        source: String? = nil,
        model: String? = nil
    ) async throws {
        if let model {
            let past = try await read { store in try store.modelNames() }
            try Self.check(model, "model", in: await controls.status().models.map(\.name), past)
        }
        if let source {
            try Self.check(source, "source", in: try await read { try $0.sourceNames() })
        }
        guard !classes.isEmpty else { return }
        let present = try await controls.thresholds().map(\.className)
        let past = try await read { store in try store.classNames() }
        for name in classes { try Self.check(name, "class", in: present, past) }
    }

    private static func check(
        _ name: String,
        _ kind: String,
        in present: [String],
        _ past: [String] = []
    ) throws(APIError) {
        let known = present + past.filter { !present.contains($0) }
        guard !known.contains(name) else { return }
        throw .invalidValue(
            "\(kind): unknown \(kind) '\(name)'; known: \(ControlError.list(known))."
        )
    }
}
