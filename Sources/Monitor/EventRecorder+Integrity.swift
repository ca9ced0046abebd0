import Detection
import Dispatch
import EventStore
package import Foundation
import Logging

extension EventRecorder {
    /// When the history was last looked at as a whole and nothing was wrong; nil: not yet.
    package var historyChecked: Date? { checkedAt }

    /// How often damage was found since the start.
    package var rescueCount: Int { rescues.count }

    /// Looks at the whole history for damage if that is due, beside those who write and read it.
    ///
    /// What it finds is mended by the next retry, as at the start. It may take minutes and ends
    /// early when the task is cancelled.
    /// - Parameter interval: How often; nil: only when it is opened.
    package func checkHistory(every interval: Duration?) async {
        guard !isOpening, store.fault == nil,
            integrity.isDue(at: .now, every: interval, isQuiet: isQuiet)
        else { return }
        let began = ContinuousClock.now
        do {
            try await Self.run(try store.makeIntegrityCheck())
            checkedAt = now()
            let seconds = (ContinuousClock.now - began) / .seconds(1)
            log.info(
                "The event history was checked and is whole; that took \(String(format: "%.1f", seconds)) s."
            )
        } catch StoreError.interrupted {
            return
        } catch {
            log.error("The regular check of the event history failed. \(error)")
        }
        integrity.checked(at: .now)
    }

    /// Whether no source hears anything at the moment.
    private var isQuiet: Bool {
        tracks.allSatisfy { $0.events.isEmpty && $0.condition.gate == .closed }
    }

    private static func run(_ check: IntegrityCheck) async throws {
        try await withTaskCancellationHandler {
            try Task.checkCancellation()
            try await withCheckedThrowingContinuation { continuation in
                DispatchQueue.global(qos: .utility).async {
                    continuation.resume(with: Result { try check.run() })
                }
            }
        } onCancel: {
            check.interrupt()
        }
    }
}
