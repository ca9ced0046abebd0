import Dispatch
import EventStore
import Foundation
import Logging

extension EventRecorder {
    /// Tries again to write what waits, and to open the history if it has to be opened again.
    package func retry() async {
        await openHistory()
        write()
    }

    /// Opens the history if that is due: checking a large one takes a while, in which entries go
    /// on being taken in.
    package func openHistory() async {
        guard !isOpening, let fault = store.fault else { return }
        isOpening = true
        defer { isOpening = false }
        if case .notOpenYet = fault {} else { tell(fault) }
        do {
            let rescue = try await Self.open(store, now: now())
            backlog.opened(store, wasDamaged: rescue != nil)
            integrity.checked(at: .now)
            checkedAt = now()
            if let rescue {
                rescues.append(rescue)
                log.error("\(rescue.description)")
            }
        } catch {
            // The store keeps why; writing tells of it.
        }
        write()
    }

    /// Writes everything that is left.
    package func close() async {
        for source in tracks.indices {
            flush(source)
        }
        await openHistory()
        write()
        guard backlog.waitingEntries > 0 else { return }
        log.critical("\(backlog.waitingEntries) entries could be written nowhere and are lost.")
    }

    private static func open(
        _ store: EventStore,
        now: Date
    ) async throws -> RescueReport? {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try store.open(now: now) })
            }
        }
    }
}
