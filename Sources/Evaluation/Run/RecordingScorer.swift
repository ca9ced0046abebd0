package import SoundDatasets

/// Scores many recordings, several at a time.
package struct RecordingScorer: Sendable {
    /// Runs one recording through the monitor's path; calls back with the seconds that are done.
    package typealias Analysis =
        @Sendable (_ recording: AnnotatedRecording, _ progress: (Double) -> Void) throws
        -> ScoredRecording

    private let jobs: Int
    private let analyze: Analysis

    /// Prepares to score.
    ///
    /// - Parameters:
    ///   - jobs: How many recordings are analysed at a time, above 0.
    ///   - analyze: The path that a microphone's sound takes.
    package init(jobs: Int, analyze: @escaping Analysis) {
        precondition(jobs > 0, "Something does the work")
        self.jobs = jobs
        self.analyze = analyze
    }

    /// Scores recordings.
    ///
    /// - Parameters:
    ///   - recordings: The recordings.
    ///   - progress: Called with the number of a recording and the seconds of it that are done,
    ///     from several threads.
    /// - Returns: The same recordings with their scores, in the same order.
    /// - Throws: What is wrong with the first recording that cannot be read to its end.
    package func score(
        _ recordings: [AnnotatedRecording],
        progress: @escaping @Sendable (Int, Double) -> Void = { _, _ in }
    ) async throws -> [ScoredRecording] {
        try await withThrowingTaskGroup(of: (Int, ScoredRecording).self) { group in
            var scored = [ScoredRecording?](repeating: nil, count: recordings.count)
            var started = 0
            func startNext() {
                guard started < recordings.count else { return }
                let (index, recording) = (started, recordings[started])
                started += 1
                group.addTask { (index, try analyze(recording) { progress(index, $0) }) }
            }
            for _ in 0..<jobs { startNext() }
            while let (index, recording) = try await group.next() {
                scored[index] = recording
                startNext()
            }
            return scored.compactMap { $0 }
        }
    }
}
