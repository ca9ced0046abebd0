import AudioFiles
package import Detection
package import ModelLibrary

/// Runs recordings through the same path as a microphone, as fast as the machine can.
package struct RecordingAnalyzer: Sendable {
    private let model: SoundModel
    private let settings: AnalysisSettings

    /// Frames that are read at a time; the result does not depend on it.
    private static let framesPerRead = 1 << 15

    /// Prepares to analyse with a model and its settings.
    package init(model: SoundModel, settings: AnalysisSettings) {
        self.model = model
        self.settings = settings
    }

    /// Analyses a recording from its beginning to its end, in constant memory.
    ///
    /// - Parameters:
    ///   - path: WAV, FLAC, Ogg or MP3.
    ///   - progress: Called now and then with the seconds of sound that are done.
    ///   - eachHop: Called with every hop in order, and the rate of its sample times.
    ///   - eachMinute: Called with every minute's sound levels in order; without it none are
    ///     measured.
    /// - Returns: The events in order of their beginning.
    /// - Throws: When the file is not a recording, or the network can't be set up. A recording
    ///   that breaks off is analysed as far as it goes; see
    ///   ``RecordingAnalysis/incompleteReason``.
    package func analyze(
        path: String,
        progress: (Double) -> Void = { _ in },
        eachHop: (_ hop: ScoredHop, _ sampleRateHz: Int) throws -> Void = { _, _ in },
        eachMinute: ((_ minute: SoundMinute) throws -> Void)? = nil
    ) throws -> RecordingAnalysis {
        let reader = try RecordingReader(path: path)
        let rateHz = reader.sampleRateHz
        let analysis = try SourceAnalysis(
            model: model,
            sampleRateHz: rateHz,
            gate: settings.gate,
            detection: settings.detection
        )
        var levels = eachMinute.flatMap { _ in RecordingLevels(of: reader) }
        var events: [DetectedEvent] = []
        var samples: [Float] = []
        var sampleCount: Int64 = 0
        var incompleteReason: String?
        let take = { (step: SourceAnalysis.Step) in
            try eachHop(step.hop, rateHz)
            events += step.transitions.compactMap(\.endedEvent)
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
            progress(Double(sampleCount) / Double(rateHz))
        }
        try levels?.finish().forEach { try eachMinute?($0) }
        events += try analysis.finish(each: take).compactMap(\.endedEvent)
        return RecordingAnalysis(
            path: path,
            sampleRateHz: rateHz,
            sampleCount: sampleCount,
            startTime: reader.startTime,
            hopSeconds: analysis.hopSeconds,
            events: events.sorted { ($0.start, $0.classIndex) < ($1.start, $1.classIndex) },
            incompleteReason: incompleteReason ?? reader.truncation?.message
        )
    }
}
