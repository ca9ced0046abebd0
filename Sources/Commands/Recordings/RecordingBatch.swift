import Foundation
import Monitor

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
                    progress: { progress.note(index, seconds: $0, of: $1) },
                    eachHop: { hop, model, rateHz in
                        if InterruptFlag.isSet || Task.isCancelled { throw CancellationError() }
                        try tables?[model].write(hop, sampleRateHz: rateHz)
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
