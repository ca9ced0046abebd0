import AudioFiles
package import Detection
package import ModelLibrary

/// Runs recordings through the same path as a microphone, as fast as the machine can.
///
/// May be used from several threads at once; what is set up for one recording serves the next.
package struct RecordingAnalyzer: Sendable {
    private let analyses: AnalysisPool

    /// Frames that are read at a time; the result does not depend on it.
    private static let framesPerRead = 1 << 15

    /// Prepares to analyse with models, at least one, and their settings.
    package init(_ models: [ModelUse]) {
        analyses = AnalysisPool(models)
    }

    /// Prepares to analyse with a single model and its settings.
    package init(model: SoundModel, settings: AnalysisSettings) {
        self.init([ModelUse(model: model, settings: settings)])
    }

    /// Analyses a recording from its beginning to its end, in constant memory.
    ///
    /// - Parameters:
    ///   - path: WAV, FLAC, Ogg or MP3.
    ///   - progress: Called now and then with the seconds of sound that are done, and of how many
    ///     where the file says so.
    ///   - eachHop: Called with every hop, those of a model in order, with the model's place and
    ///     the rate of the hop's sample times.
    ///   - eachMinute: Called with every minute's sound levels in order; without it none are
    ///     measured.
    /// - Returns: The events in order of their beginning.
    /// - Throws: When the file is not a recording, or the network can't be set up. A recording
    ///   that breaks off is analysed as far as it goes; see
    ///   ``RecordingAnalysis/incompleteReason``.
    package func analyze(
        path: String,
        progress: (_ seconds: Double, _ ofSeconds: Double?) -> Void = { _, _ in },
        eachHop: (_ hop: ScoredHop, _ model: Int, _ sampleRateHz: Int) throws -> Void = {
            _,
            _,
            _ in
        },
        eachMinute: ((_ minute: SoundMinute) throws -> Void)? = nil
    ) throws -> RecordingAnalysis {
        let reader = try RecordingReader(path: path)
        return try analyses.withAnalysis(rateHz: reader.sampleRateHz) { analysis in
            try analyze(reader, with: analysis, progress, eachHop, eachMinute)
        }
    }

    private func analyze(
        _ reader: RecordingReader,
        with analysis: SourceAnalysis,
        _ progress: (_ seconds: Double, _ ofSeconds: Double?) -> Void,
        _ eachHop: (_ hop: ScoredHop, _ model: Int, _ sampleRateHz: Int) throws -> Void,
        _ eachMinute: ((_ minute: SoundMinute) throws -> Void)?
    ) throws -> RecordingAnalysis {
        let rateHz = reader.sampleRateHz
        var levels = eachMinute.flatMap { _ in RecordingLevels(of: reader) }
        var findings: [RecordingAnalysis.Finding] = []
        var samples: [Float] = []
        var sampleCount: Int64 = 0
        var incompleteReason: String?
        let take = { (step: SourceAnalysis.Step) in
            try eachHop(step.hop, step.model, rateHz)
            findings += step.transitions.compactMap { finding(step.model, $0) }
        }
        while incompleteReason == nil {
            samples.removeAll(keepingCapacity: true)
            do throws(RecordingError) {
                guard try reader.readMono(into: &samples, upTo: Self.framesPerRead) > 0 else {
                    break
                }
            } catch {
                guard sampleCount > 0 else { throw error }
                incompleteReason = error.description
            }
            try levels?.process(samples.span).forEach { try eachMinute?($0) }
            try analysis.process(samples.span, each: take)
            sampleCount += Int64(samples.count)
            progress(Double(sampleCount) / Double(rateHz), reader.durationSeconds)
        }
        try levels?.finish().forEach { try eachMinute?($0) }
        findings += try analysis.finish(each: take).compactMap(finding)
        return RecordingAnalysis(
            path: reader.path,
            sampleRateHz: rateHz,
            sampleCount: sampleCount,
            startTime: reader.startTime,
            hopSeconds: analysis.hopSeconds,
            findings: findings.sorted {
                ($0.event.start, $0.model, $0.event.classIndex)
                    < ($1.event.start, $1.model, $1.event.classIndex)
            },
            incompleteReason: incompleteReason ?? reader.truncation?.message
        )
    }

    private func finding(
        _ model: Int,
        _ transition: EventTransition
    )
        -> RecordingAnalysis.Finding?
    {
        transition.endedEvent.map { RecordingAnalysis.Finding(model: model, event: $0) }
    }
}
