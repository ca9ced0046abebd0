import Foundation
import Monitor
import Platform
import Synchronization

/// Analyses many recordings, several at a time, and hands the results out in their order.
struct RecordingBatch {
    /// What became of one recording.
    typealias Outcome = (path: String, result: Result<RecordingAnalysis, any Error>)

    let recordings: [String]
    /// How many are analysed at a time.
    let jobs: Int
    let analyzer: RecordingAnalyzer
    /// Where every hop's scores go; nil: nowhere.
    let scores: ScoreWriter?
    /// Where spectrograms go; nil: nowhere.
    let pictures: SpectrogramWriter?
    /// Where the sound levels go; nil: nowhere.
    let levels: LevelWriter?
    /// Where the sound of events goes; nil: nowhere.
    let clips: ClipWriter?

    /// Analyses all recordings and hands the outcomes out in their order, whatever the number of
    /// jobs.
    ///
    /// After an interrupt nothing new begins, and what is under way ends with a `CancellationError`.
    ///
    /// - Throws: What `receive` throws; nothing is under way any more then.
    func run(progress: BatchProgress, _ receive: (Outcome) throws -> Void) async throws {
        try await withThrowingTaskGroup(of: (Int, Outcome).self) { group in
            var waiting: [Int: Outcome] = [:]
            var (started, handedOut) = (0, 0)
            func startNext() {
                guard started < recordings.count, !InterruptFlag.isSet else { return }
                let index = started
                started += 1
                group.addTask { (index, analyze(index, progress: progress)) }
            }
            for _ in 0..<min(jobs, recordings.count) { startNext() }
            for try await (index, outcome) in group {
                startNext()
                waiting[index] = outcome
                while let next = waiting.removeValue(forKey: handedOut) {
                    try receive(next)
                    handedOut += 1
                }
            }
        }
    }

    private func analyze(_ index: Int, progress: BatchProgress) -> Outcome {
        let path = recordings[index]
        return (
            path,
            Result {
                let tables = try scores?.open(recording: path)
                var minutes: [SoundMinute] = []
                let analysis = try analyzer.analyze(
                    path: path,
                    progress: { progress.update(index, seconds: $0, of: $1) },
                    eachHop: { hop, model, rateHz in
                        if InterruptFlag.isSet || Task.isCancelled { throw CancellationError() }
                        try tables?[model.rawValue].write(hop, sampleRateHz: rateHz)
                    },
                    eachMinute: levels.map { _ in { minutes.append($0) } },
                    eachClip: { try clips?.write($0, of: path, isDated: $1) }
                )
                try tables?.forEach { try $0.close() }
                try levels?.write(minutes, of: analysis)
                try pictures?.write(analysis)
                progress.finish(index)
                return analysis
            }
        )
    }
}

/// A line on the terminal that shows the progress of a batch; without a terminal, nothing.
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
    /// The recordings' sizes, from which the time left is estimated.
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

    /// Sets how many seconds of a recording are done, and shows the line now and then.
    ///
    /// - Parameters:
    ///   - recording: Its place in the batch.
    ///   - seconds: What is done.
    ///   - length: How long it is, where its file says so.
    func update(_ recording: Int, seconds: Double, of length: Double?) {
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

    /// Marks a recording as done.
    func finish(_ recording: Int) {
        state.withLock { state in
            state.finished += 1
            state.parts[recording] = 1
        }
    }

    /// Removes the line before something else is printed.
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
            + "\(String(format: "%.0f", heard)) s analysed, \(pace) times real time"
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
