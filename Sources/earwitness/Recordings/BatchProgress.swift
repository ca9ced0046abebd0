import Foundation
import Synchronization

/// A line at the terminal that says how far a batch is; nothing where no terminal is.
final class BatchProgress: Sendable {
    private struct State {
        var seconds: [Int: Double] = [:]
        var finished = 0
        var lastShown = Date.distantPast
        var isShown = false
    }

    private let recordingCount: Int
    private let started = Date()
    private let isOn = StandardError.isTerminal
    private let state = Mutex(State())
    private static let secondsBetweenLines = 0.2

    /// Begins for a number of recordings.
    init(recordingCount: Int) {
        self.recordingCount = recordingCount
    }

    /// Notes how many seconds of a recording are done.
    func note(_ recording: Int, seconds: Double) {
        guard isOn else { return }
        state.withLock { state in
            state.seconds[recording] = seconds
            let now = Date()
            guard now.timeIntervalSince(state.lastShown) > Self.secondsBetweenLines else { return }
            state.lastShown = now
            state.isShown = true
            StandardError.write("\r\u{1B}[K" + line(state, at: now))
        }
    }

    /// Notes that a recording is done.
    func finish(_ recording: Int) {
        state.withLock { $0.finished += 1 }
    }

    /// Takes the line away before something else is printed.
    func clear() {
        state.withLock { state in
            guard state.isShown else { return }
            state.isShown = false
            StandardError.write("\r\u{1B}[K")
        }
    }

    private func line(_ state: State, at now: Date) -> String {
        let heard = state.seconds.values.reduce(0, +)
        let elapsed = max(now.timeIntervalSince(started), 1e-3)
        let pace = String(format: "%.0f", heard / elapsed)
        var text =
            "\(state.finished) of \(recordingCount) recordings, "
            + "\(String(format: "%.0f", heard)) s heard, \(pace) times real time"
        if state.finished > 0, state.finished < recordingCount {
            let left = elapsed / Double(state.finished) * Double(recordingCount - state.finished)
            text += ", about \(Int(left.rounded(.up))) s left"
        }
        return text
    }
}
