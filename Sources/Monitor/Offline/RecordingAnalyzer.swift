package import AudioFiles
package import Detection
import Foundation
package import ModelLibrary
package import Platform
package import Settings

/// Runs recordings through the same path as a microphone, as fast as the machine can.
///
/// May be used from several threads at once; what is set up for one recording serves the next.
package struct RecordingAnalyzer: Sendable {
    private let analyses: AnalysisPool
    private let models: [ModelUse]
    private let clips: ClipSettings
    private let channel: RecordingChannel
    private let zone: Zone?

    /// Frames that are read at a time; the result does not depend on it.
    private static let framesPerRead = 1 << 15

    /// Prepares to analyse with models and their settings.
    ///
    /// - Parameters:
    ///   - models: The models, at least one.
    ///   - clips: Of which events the sound is cut out; without them, of none.
    ///   - channel: What is listened to of a recording with several channels.
    ///   - zone: The zone of recordings' times without one; nil for each convention's default.
    package init(
        _ models: [ModelUse],
        clips: ClipSettings = ClipSettings(),
        channel: RecordingChannel = .mix,
        zone: Zone? = nil
    ) {
        analyses = AnalysisPool(models)
        self.models = models
        self.clips = clips
        self.channel = channel
        self.zone = zone
    }

    /// Prepares to analyse with a single model and its settings.
    package init(model: SoundModel, settings: AnalysisSettings) {
        self.init([ModelUse(model: model, settings: settings)])
    }

    /// Analyses a recording from its beginning to its end, in constant memory.
    ///
    /// - Parameters:
    ///   - path: WAV, FLAC, Ogg, MP3 and what else ``RecordingReader`` reads.
    ///   - progress: Called now and then with the seconds of sound that are done, and of how many
    ///     where the file says so.
    ///   - eachHop: Called with every hop, those of a model in order, with the model's place and
    ///     the rate of the hop's sample times.
    ///   - eachMinute: Called with every minute's sound levels in order; without it none are
    ///     measured.
    ///   - eachClip: Called with the sound of every event that is to be cut out, and whether it is
    ///     known when the recording began.
    /// - Returns: The events in order of their beginning.
    /// - Throws: When the file is not a recording, or the network can't be set up. A recording
    ///   that breaks off is analysed as far as it goes; see
    ///   ``RecordingAnalysis/incompleteReason``.
    package func analyze(
        path: String,
        progress: (_ seconds: Double, _ ofSeconds: Double?) -> Void = { _, _ in },
        eachHop: (_ hop: ScoredHop, _ model: ModelSlot, _ sampleRateHz: Int) throws -> Void = {
            _,
            _,
            _ in
        },
        eachMinute: ((_ minute: SoundMinute) throws -> Void)? = nil,
        eachClip: (_ cut: ClipCut, _ isDated: Bool) throws -> Void = { _, _ in }
    ) throws -> RecordingAnalysis {
        let reader = try RecordingReader(path: path, channel: channel, zone: zone)
        return try analyses.withAnalysis(rateHz: reader.sampleRateHz) { analysis in
            try analyze(reader, with: analysis, progress, eachHop, eachMinute, eachClip)
        }
    }

    private func analyze(
        _ reader: RecordingReader,
        with analysis: SourceAnalysis,
        _ progress: (_ seconds: Double, _ ofSeconds: Double?) -> Void,
        _ eachHop: (_ hop: ScoredHop, _ model: ModelSlot, _ sampleRateHz: Int) throws -> Void,
        _ eachMinute: ((_ minute: SoundMinute) throws -> Void)?,
        _ eachClip: (_ cut: ClipCut, _ isDated: Bool) throws -> Void
    ) throws -> RecordingAnalysis {
        let rateHz = reader.sampleRateHz
        let isDated = reader.start != nil
        var levels = eachMinute.flatMap { _ in RecordingLevels(of: reader) }
        var cutter = ClipCutter(
            sampleRateHz: rateHz,
            settings: clips,
            lookbackSeconds: models.longestAnnouncementSeconds,
            classes: models.announcedClasses
        )
        var found: [RecordingAnalysis.Finding] = []
        var findings: [AnalysisFinding] = []
        var samples: [Float] = []
        var sampleCount: Int64 = 0
        var incompleteReason: String?
        var validity = ScoreValidity(models)
        /// Hands on what the analysis found last.
        func handOnFindings() throws {
            for finding in findings {
                switch finding {
                case .hop(let hop, let model):
                    try eachHop(hop, model, rateHz)
                    validity.count(hop, model: model, sampleRateHz: rateHz)
                case .began(let event, let model, _, _):
                    cutter.begin(
                        event,
                        as: EventKey(source: 0, model: model, number: event.number),
                        of: models[model].model.soundClass(of: event),
                        // Without a known beginning, events are dated from 1970 on.
                        at: (reader.startTime ?? Date(timeIntervalSince1970: 0))
                            + event.start.seconds(atRate: rateHz)
                    )
                case .near: break
                case .ended(let event, let model):
                    found.append(RecordingAnalysis.Finding(model: model, event: event))
                    cutter.end(
                        event,
                        as: EventKey(source: 0, model: model, number: event.number)
                    )
                }
            }
            findings.removeAll(keepingCapacity: true)
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
            cutter.append(samples.span, at: SampleTime(sampleCount))
            try analysis.process(samples.span, appendingTo: &findings)
            try handOnFindings()
            try cutter.complete().forEach { try eachClip($0, isDated) }
            sampleCount += Int64(samples.count)
            progress(Double(sampleCount) / Double(rateHz), reader.durationSeconds)
        }
        try levels?.finish().forEach { try eachMinute?($0) }
        try analysis.finish(appendingTo: &findings)
        try handOnFindings()
        try cutter.finish().forEach { try eachClip($0, isDated) }
        return RecordingAnalysis(
            path: reader.path,
            sampleRateHz: rateHz,
            sampleCount: sampleCount,
            start: reader.start,
            hopSeconds: analysis.hopSeconds,
            findings: found.sorted {
                ($0.event.start, $0.model, $0.event.classIndex)
                    < ($1.event.start, $1.model, $1.event.classIndex)
            },
            incompleteReason: incompleteReason ?? reader.truncation?.message,
            warnings: reader.warnings,
            scoreFaults: validity.faults(of: reader.path)
        )
    }
}

/// Counts the windows of each model whose scores are invalid.
private struct ScoreValidity {
    private struct Tally {
        var windows = 0
        var invalidWindows = 0
        var first: (score: InvalidScore, seconds: Double)?
    }

    private let models: [ModelUse]
    private var tallies: [Tally]

    init(_ models: [ModelUse]) {
        self.models = models
        tallies = models.map { _ in Tally() }
    }

    mutating func count(_ hop: ScoredHop, model slot: ModelSlot, sampleRateHz: Int) {
        let model = slot.rawValue
        guard hop.gate == .open else { return }
        tallies[model].windows += 1
        guard let score = hop.invalidScore else { return }
        tallies[model].invalidWindows += 1
        if tallies[model].first == nil {
            let seconds = hop.window.lowerBound.seconds(atRate: sampleRateHz)
            tallies[model].first = (score, seconds)
        }
    }

    /// A line for each model that has failed.
    func faults(of path: String) -> [String] {
        zip(models, tallies).compactMap { use, tally in
            guard let (score, seconds) = tally.first else { return nil }
            let place = String(format: " for '%@' at %.2f s", path, seconds)
            let count = " (\(tally.invalidWindows) of \(tally.windows) windows)"
            return use.model.explanation(of: score, at: place + count)
        }
    }
}
