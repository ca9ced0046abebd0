import Detection
import ModelLibrary

/// One model's way through a source: its windows on its own grid, its gate, network and decisions.
///
/// Nothing in it depends on what other models the source has.
final class ModelAnalysis {
    /// A stretch of the source without gaps, as far as it is known.
    struct Segment {
        /// Where it began.
        var start: SampleTime
        /// One past the last sample that was given.
        var position: SampleTime
    }

    /// Where the model's windows lie.
    let grid: HopGrid

    private let number: Int
    private let sampleRateHz: Int
    private var use: ModelUse
    private let frames: FrameReader
    private var gate: SilenceGate
    private let scorer: WindowScorer
    private var detector: EventDetector
    /// The window that comes next, counted from the segment's beginning.
    private var nextWindow: Int64 = 0
    /// The last window that was scored; nil at the segment's beginning.
    private var lastScored: Int64?
    /// Of how many windows one is scored.
    private var stride: Int64 = 1

    /// Makes the stages ready.
    ///
    /// - Parameters:
    ///   - use: The model and its settings.
    ///   - number: Its place among the source's models.
    ///   - grid: Where its windows lie.
    ///   - frames: Its place in the features.
    ///   - sampleRateHz: The rate of the source in Hz.
    /// - Throws: When the network can't be set up.
    init(
        _ use: ModelUse,
        number: Int,
        grid: HopGrid,
        frames: FrameReader,
        sampleRateHz: Int
    ) throws {
        self.number = number
        self.sampleRateHz = sampleRateHz
        self.use = use
        self.grid = grid
        self.frames = frames
        scorer = try WindowScorer(model: use.model, hopFrames: grid.hopFrames)
        gate = Self.makeGate(use, sampleRateHz)
        detector = Self.makeDetector(use, sampleRateHz)
    }

    /// Scores the windows whose frames are there.
    func scoreWindows(
        of segment: Segment,
        levels: inout LevelBlocks,
        each: (SourceAnalysis.Step) throws -> Void
    ) throws {
        while frames.frameCount >= grid.windowFrames {
            if isDue(nextWindow) {
                try each(scoreNextWindow(of: segment, levels: &levels))
            }
            advance()
        }
    }

    /// Scores what is left of a segment, filled up with silence to a whole window.
    func finish(
        _ segment: Segment,
        levels: inout LevelBlocks,
        each: (SourceAnalysis.Step) throws -> Void
    ) throws {
        let lastWindow = grid.firstWindow(reaching: segment.position - segment.start)
        while nextWindow <= lastWindow {
            frames.pad(to: grid.windowFrames)
            if isDue(nextWindow) || nextWindow == lastWindow {
                try each(scoreNextWindow(of: segment, levels: &levels))
            }
            advance()
        }
    }

    /// Leaves windows out from now on: one of `stride` is scored, and its hop is as much longer.
    func leaveOut(allButOneOf stride: Int) {
        self.stride = Int64(stride)
    }

    private func isDue(_ window: Int64) -> Bool {
        lastScored.map { window - $0 >= stride } ?? true
    }

    private func advance() {
        frames.advance(by: grid.hopFrames)
        nextWindow += 1
    }

    /// Goes on behind a gap.
    ///
    /// - Returns: What the gap decided.
    func resume(at time: SampleTime, lostFrom: SampleTime) -> [EventTransition] {
        scorer.reset()
        nextWindow = 0
        lastScored = nil
        return detector.interrupt(at: lostFrom, resumingAt: time)
    }

    /// Begins anew, as a new analysis would.
    func restart() {
        scorer.reset()
        nextWindow = 0
        lastScored = nil
        stride = 1
        gate = Self.makeGate(use, sampleRateHz)
        detector = Self.makeDetector(use, sampleRateHz)
    }

    /// Closes what is open.
    func end(at time: SampleTime) -> [EventTransition] {
        detector.finish(at: time)
    }

    /// Changes how is decided from the next hop on; nothing that is open is lost.
    func apply(_ settings: AnalysisSettings) {
        use.settings = settings
        gate.apply(settings.gate)
        detector.apply(settings.detection)
    }

    private func scoreNextWindow(
        of segment: Segment,
        levels: inout LevelBlocks
    ) throws
        -> SourceAnalysis.Step
    {
        let place = grid.window(nextWindow)
        let end = min(segment.start + place.upperBound, segment.position)
        let begin = segment.start + (lastScored.map { grid.window($0).upperBound } ?? 0)
        if lastScored != nextWindow - 1 { scorer.reset() }
        lastScored = nextWindow

        let time = min(begin, end)..<end
        let envelope = levels.take(time, for: number)
        let gateState = gate.update(envelope, over: time)
        var scores: WindowScores?
        var invalidScore: InvalidScore?
        do {
            scores = try score(gate: gateState)
        } catch let error as InvalidScore {
            invalidScore = error
        }
        let meanSquare = envelope.reduce(0, +) / Float(max(1, envelope.count))
        let hop = ScoredHop(
            window: (segment.start + place.lowerBound)..<end,
            hop: time,
            gate: gateState,
            scores: scores?.classes ?? [],
            invalidScore: invalidScore,
            familiarity: scores?.familiarity,
            levelDBFS: Decibels.level(ofMeanSquare: meanSquare),
            envelope: envelope
        )
        return (number, hop, decide(about: hop))
    }

    /// Decides; a window without valid scores is as lost as one without samples.
    private func decide(about hop: ScoredHop) -> [EventTransition] {
        hop.invalidScore == nil
            ? detector.update(hop)
            : detector.interrupt(at: hop.hop.lowerBound, resumingAt: hop.hop.upperBound)
    }

    private static func makeGate(_ use: ModelUse, _ sampleRateHz: Int) -> SilenceGate {
        SilenceGate(settings: use.settings.gate, sampleRateHz: sampleRateHz)
    }

    private static func makeDetector(_ use: ModelUse, _ sampleRateHz: Int) -> EventDetector {
        EventDetector(
            classNames: use.model.classes.map(\.name),
            settings: use.settings.detection,
            sampleRateHz: sampleRateHz
        )
    }

    /// Asks the network about the window at the front; while the gate is closed it rests.
    private func score(gate: GateState) throws -> WindowScores? {
        guard gate == .open else {
            scorer.reset()
            return nil
        }
        return try scorer.scores(of: frames.window, from: frames.offset)
    }
}
