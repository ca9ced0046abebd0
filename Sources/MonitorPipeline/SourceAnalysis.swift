import AudioFiles
package import Detection
import LogMelFeatures
package import ModelLibrary

/// Turns one source's samples into scored hops and events: the same for a microphone and a file.
///
/// The path of a sample reads from top to bottom in ``process(_:each:)``: level and gate, resample,
/// features, network, decision. Whatever the sizes of the pieces that the samples come in, the hops
/// are the same to the bit, because every stage advances on its own grid and not on the caller's.
package final class SourceAnalysis {
    /// One hop and what was decided at it.
    package typealias Step = (hop: ScoredHop, transitions: [EventTransition])

    /// The rate of the source in Hz.
    package let sampleRateHz: Int
    /// The step between two windows in seconds, as it really is.
    package var hopSeconds: Double { grid.hopSeconds }

    private let model: SoundModel
    private let grid: HopGrid

    private var envelope: EnvelopeFollower
    private var gate: SilenceGate
    private let resampler: StreamingResampler
    private let extractor: FeatureExtractor
    private var frames: FeatureWindow
    private let scorer: WindowScorer
    private var detector: EventDetector

    /// Mean squares of the level blocks that no hop has taken yet.
    private var levels: [Float] = []
    private var resampled: [Float] = []
    /// Where the present stretch without gaps began.
    private var segmentStart: SampleTime
    /// One past the last sample that was given.
    private var position: SampleTime
    /// The window that is scored next, counted from the segment's beginning.
    private var nextWindow: Int64 = 0

    /// Makes every stage ready.
    ///
    /// - Parameters:
    ///   - model: The model that names the sounds.
    ///   - sampleRateHz: The source's rate in Hz.
    ///   - gate: When it is quiet enough for the network to rest.
    ///   - detection: When scores become events.
    ///   - start: The first sample's place on the timeline.
    /// - Throws: When the rate can't be converted or the network can't be set up.
    package init(
        model: SoundModel,
        sampleRateHz: Int,
        gate: GateSettings,
        detection: DetectionSettings,
        startingAt start: SampleTime = .zero
    ) throws {
        self.model = model
        self.sampleRateHz = sampleRateHz
        grid = HopGrid(
            frontEnd: model.frontEnd,
            windowFrames: model.windowFrames,
            hopGranularity: WindowScorer.hopGranularity(of: model),
            hopSeconds: detection.hopSeconds,
            sourceRateHz: sampleRateHz
        )
        scorer = try WindowScorer(model: model, hopFrames: grid.hopFrames)
        envelope = EnvelopeFollower(sampleRateHz: sampleRateHz)
        envelope.skip(to: start)
        self.gate = SilenceGate(settings: gate, sampleRateHz: sampleRateHz)
        resampler = try StreamingResampler(
            fromRateHz: sampleRateHz,
            toRateHz: model.frontEnd.sampleRateHz
        )
        extractor = try FeatureExtractor(model.frontEnd)
        frames = FeatureWindow(
            bandCount: model.frontEnd.bandCount,
            windowFrames: model.windowFrames
        )
        detector = EventDetector(
            classNames: model.classes.map(\.name),
            settings: detection,
            sampleRateHz: sampleRateHz
        )
        segmentStart = start
        position = start
    }

    /// Takes samples in and calls `each` for every hop that they complete.
    ///
    /// - Parameters:
    ///   - samples: Mono, ±1, at the source's rate; any number of them.
    ///   - each: Called with each hop in order.
    /// - Throws: What the network throws, if it does.
    package func process(_ samples: Span<Float>, each: (Step) throws -> Void) throws {
        envelope.process(samples, appendingTo: &levels)
        position = position + Int64(samples.count)
        resampled.removeAll(keepingCapacity: true)
        resampler.process(samples, appendingTo: &resampled)
        try scoreResampled(each: each)
    }

    /// Goes on behind a gap: what was lost is neither scored nor bridged.
    ///
    /// - Parameters:
    ///   - time: The place on the timeline of the next sample that will be given.
    ///   - each: Called with the hops that the stretch before the gap still completes.
    /// - Returns: What the gap decided.
    /// - Throws: What the network throws, if it does.
    package func resume(
        at time: SampleTime,
        each: (Step) throws -> Void
    ) throws
        -> [EventTransition]
    {
        let lostFrom = position
        try finishSegment(each: each)
        resampler.reset()
        extractor.reset()
        scorer.reset()
        envelope.skip(to: time)
        segmentStart = time
        position = time
        nextWindow = 0
        return detector.interrupt(at: lostFrom, resumingAt: time)
    }

    /// Ends the analysis: the last samples are scored and what is open is closed.
    ///
    /// - Parameter each: Called with the hops that are left.
    /// - Returns: The ends of the events that were open.
    /// - Throws: What the network throws, if it does.
    package func finish(each: (Step) throws -> Void) throws -> [EventTransition] {
        try finishSegment(each: each)
        return detector.finish(at: position)
    }

    /// Changes how is decided from the next hop on; nothing that is open is lost.
    package func apply(gate settings: GateSettings, detection: DetectionSettings) {
        gate.apply(settings)
        detector.apply(detection)
    }

    // MARK: - Stages

    private func scoreResampled(each: (Step) throws -> Void) throws {
        guard !resampled.isEmpty else { return }
        frames.append(resampled.span, through: extractor)
        try scoreWindows(each: each)
    }

    private func scoreWindows(each: (Step) throws -> Void) throws {
        while frames.frameCount >= grid.windowFrames {
            try each(scoreNextWindow())
            frames.drop(grid.hopFrames)
        }
    }

    private func scoreNextWindow() throws -> Step {
        let place = grid.window(nextWindow)
        let end = min(segmentStart + place.upperBound, position)
        let begin =
            nextWindow == 0
            ? segmentStart : segmentStart + grid.window(nextWindow - 1).upperBound
        nextWindow += 1

        let time = min(begin, end)..<end
        let envelope = takeLevels(of: time)
        let gateState = gate.update(envelope, over: time)
        let scores = try score(frames, gate: gateState)
        let meanSquare = envelope.reduce(0, +) / Float(max(1, envelope.count))
        let hop = ScoredHop(
            window: (segmentStart + place.lowerBound)..<end,
            hop: time,
            gate: gateState,
            scores: scores?.classes ?? [],
            familiarity: scores?.familiarity,
            levelDBFS: Decibels.level(ofMeanSquare: meanSquare),
            envelope: envelope
        )
        return (hop, detector.update(hop))
    }

    private func takeLevels(of time: Range<SampleTime>) -> [Float] {
        let count = min(levels.count, envelope.grid.blocks(endingIn: time).count)
        defer { levels.removeFirst(count) }
        return Array(levels[..<count])
    }

    /// Asks the network about the window at the front; while the gate is closed it rests.
    private func score(_ frames: FeatureWindow, gate: GateState) throws -> WindowScores? {
        guard gate == .open else {
            scorer.reset()
            return nil
        }
        return try scorer.scores(of: frames)
    }

    /// Scores what is left of a stretch, filled up with silence to a whole window.
    private func finishSegment(each: (Step) throws -> Void) throws {
        let length = position - segmentStart
        guard length > 0 else { return }
        resampled.removeAll(keepingCapacity: true)
        resampler.flush(appendingTo: &resampled)
        frames.append(resampled.span, through: extractor)
        let lastWindow = grid.firstWindow(reaching: length)
        while nextWindow <= lastWindow {
            padFrames(to: grid.windowFrames)
            try each(scoreNextWindow())
            frames.drop(grid.hopFrames)
        }
        frames.removeAll()
        levels.removeAll()
    }

    private func padFrames(to count: Int) {
        let silence = [Float](repeating: 0, count: model.frontEnd.hopLength)
        while frames.frameCount < count {
            frames.append(silence.span, through: extractor)
        }
    }
}
