import Foundation
import Platform
import Synchronization

/// A line at the terminal that says how far a batch is; nothing where no terminal is.
final class BatchProgress: Sendable {
    private struct State {
        var seconds: [Int: Double] = [:]
        /// How much of each recording is done, 0 to 1.
        var parts: [Int: Double] = [:]
        var finished = 0
        var lastShown = Date.distantPast
        var isShown = false
    }

    private let recordingCount: Int
    /// The recordings' sizes: what a recording will take before anybody has looked into it.
    private let byteCounts: [Double]
    private let started = Date()
    private let isOn = Terminal.showsProgress
    private let state = Mutex(State())
    private static let secondsBetweenLines = 0.2
    /// Until then what has been done says little of what is left.
    private static let secondsBeforeEstimate = 1.0

    /// Begins for some recordings.
    init(recordings: [String]) {
        recordingCount = recordings.count
        byteCounts = recordings.map { path in
            max(1, FileFacts(path).map { Double($0.size) } ?? 1)
        }
    }

    /// Notes how many seconds of a recording are done.
    ///
    /// - Parameters:
    ///   - recording: Its place in the batch.
    ///   - seconds: What is done.
    ///   - length: How long it is, where its file says so.
    func note(_ recording: Int, seconds: Double, of length: Double?) {
        guard isOn else { return }
        state.withLock { state in
            state.seconds[recording] = seconds
            if let length, length > 0 { state.parts[recording] = min(1, seconds / length) }
            let now = Date()
            guard now.timeIntervalSince(state.lastShown) > Self.secondsBetweenLines else { return }
            state.lastShown = now
            state.isShown = true
            StandardError.write("\r\u{1B}[K" + line(state, at: now))
        }
    }

    /// Notes that a recording is done.
    func finish(_ recording: Int) {
        state.withLock { state in
            state.finished += 1
            state.parts[recording] = 1
        }
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
        let done = state.parts.reduce(0) { $0 + byteCounts[$1.key] * $1.value }
        let all = byteCounts.reduce(0, +)
        if elapsed > Self.secondsBeforeEstimate, done > 0, done < all {
            text += ", about \(Self.duration(elapsed / done * (all - done))) left"
        }
        return text
    }

    private static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded(.up))
        if whole < 120 { return "\(whole) s" }
        return whole < 7_200 ? "\(whole / 60) min" : "\(whole / 3_600) h \(whole / 60 % 60) min"
    }
}
