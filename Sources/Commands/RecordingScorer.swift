import Detection
package import Evaluation
package import Monitor
package import SoundDatasets

/// Scores many recordings, several at a time, each on the path that a microphone's sound takes.
package struct RecordingScorer: Sendable {
    private let analyzer: RecordingAnalyzer
    private let jobs: Int

    /// Prepares to score.
    ///
    /// - Parameters:
    ///   - analyzer: The path that a microphone's sound takes.
    ///   - jobs: How many recordings are analysed at a time, above 0.
    package init(analyzer: RecordingAnalyzer, jobs: Int) {
        precondition(jobs > 0, "Something does the work")
        self.analyzer = analyzer
        self.jobs = jobs
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
        try await Array(recordings.enumerated()).concurrentMap(jobs: jobs) { index, recording in
            try score(recording) { progress(index, $0) }
        }
    }

    /// Runs a recording through the path and keeps the scores of every hop.
    private func score(
        _ recording: AnnotatedRecording,
        progress: (Double) -> Void
    ) throws -> ScoredRecording {
        var hops: [ScoredHop] = []
        let analysis = try analyzer.analyze(
            path: recording.path,
            progress: { seconds, _ in progress(seconds) },
            eachHop: { hop, _, _ in hops.append(hop) }
        )
        if let reason = analysis.incompleteReason {
            throw EvaluationError.incomplete(reason: reason)
        }
        if let fault = analysis.scoreFaults.first {
            throw EvaluationError.incomplete(reason: fault)
        }
        return ScoredRecording(
            path: recording.path,
            sampleRateHz: analysis.sampleRateHz,
            durationSeconds: analysis.durationSeconds,
            reference: recording.sounds,
            hops: hops
        )
    }
}
