import Detection
import ModelLibrary

/// The stages of one model on a source: its windows on their grid, gate, network and detector.
///
/// Nothing in it depends on what other models the source has.
final class ModelAnalysis {
    /// The next window to be analysed.
    struct Window {
        /// The samples that the network sees, on the source's timeline.
        let samples: Range<SampleTime>
        /// Those that are new since the window that was analysed before.
        let hop: Range<SampleTime>
    }

    /// What came of asking the network about a window.
    struct Outcome {
        /// A probability per class; empty if the network was not asked, or its scores are invalid.
        var scores: [Float] = []
        var invalidScore: InvalidScore?
        var familiarity: Float?
        var print: SoundPrint?
    }

    /// The place of the model among the source's models.
    let slot: ModelSlot
    /// Where the model's windows lie.
    let grid: HopGrid

    private let sampleRateHz: Int
    private var use: ModelUse
    private let frames: FrameReader
    private var gate: SilenceGate
    private let scorer: WindowScorer
    private var detector: EventDetector
    /// The number of the window that comes next, counted from the segment's beginning.
    private var nextWindow: Int64 = 0
    /// The number of the last window that was analysed; nil at the segment's beginning.
    private var lastWindow: Int64?
    /// Of how many windows one is analysed.
    private var stride: Int64 = 1

    /// Makes the stages ready.
    ///
    /// - Parameters:
    ///   - use: The model and its settings.
    ///   - slot: Its place among the source's models.
    ///   - frames: Its place in the features.
    ///   - sampleRateHz: The rate of the source in Hz.
    ///   - nextEventNumber: The number of the first event.
    /// - Throws: When the network can't be set up.
    init(
        _ use: ModelUse,
        slot: ModelSlot,
        frames: FrameReader,
        sampleRateHz: Int,
        nextEventNumber: Int = 0
    ) throws {
        self.slot = slot
        self.sampleRateHz = sampleRateHz
        self.use = use
        self.frames = frames
        grid = HopGrid(use, sourceRateHz: sampleRateHz)
        scorer = try WindowScorer(model: use.model, hopFrames: grid.hopFrames)
        gate = Self.makeGate(use, sampleRateHz)
        detector = Self.makeDetector(use, sampleRateHz, nextEventNumber)
    }

    /// The number of the next event.
    var nextEventNumber: Int { detector.nextNumber }

    // MARK: - Windows

    /// The next window whose frames are all there; nil if more samples are needed.
    ///
    /// It stays the next one until ``advance()``.
    func nextWindow(of segment: SourceSegment) -> Window? {
        while frames.frameCount >= grid.windowFrames {
            if isDue { return window(of: segment) }
            advance()
        }
        return nil
    }

    /// The next window of a segment that has ended; the last ones are filled up with silence.
    func nextWindow(toTheEndOf segment: SourceSegment) -> Window? {
        let last = grid.firstWindow(reaching: segment.end - segment.start)
        while nextWindow <= last {
            frames.pad(to: grid.windowFrames)
            if isDue || nextWindow == last { return window(of: segment) }
            advance()
        }
        return nil
    }

    /// Makes the following window the next one.
    func advance() {
        frames.advance(by: grid.hopFrames)
        nextWindow += 1
    }

    private var isDue: Bool { lastWindow.map { nextWindow - $0 >= stride } ?? true }

    private func window(of segment: SourceSegment) -> Window {
        let place = grid.window(nextWindow)
        let end = min(segment.start + place.upperBound, segment.end)
        let begin = segment.start + (lastWindow.map { grid.window($0).upperBound } ?? 0)
        return Window(
            samples: (segment.start + place.lowerBound)..<end,
            hop: min(begin, end)..<end
        )
    }

    /// The end of the first window that holds a sample, whether or not it was analysed.
    ///
    /// - Parameters:
    ///   - sample: A sample of the segment; one before counts as its first.
    ///   - segment: The present segment.
    /// - Returns: One past the window's last sample, which may be yet to come.
    func endOfFirstWindow(holding sample: SampleTime, in segment: SourceSegment) -> SampleTime {
        let window = grid.firstWindow(reaching: max(0, sample - segment.start) + 1)
        return segment.start + grid.window(window).upperBound
    }

    /// Leaves windows out from now on: one of `stride` is analysed, and its hop is as much longer.
    func leaveOut(allButOneOf stride: Int) {
        self.stride = Int64(stride)
    }

    // MARK: - Gate, network, decision

    /// Decides whether the network is asked.
    func updateGate(_ envelope: [Float], over hop: Range<SampleTime>) -> GateState {
        gate.update(envelope, over: hop)
    }

    /// The levels by which that is decided.
    var gateLevels: GateLevels { gate.levels }

    /// Asks the network about the next window; while the gate is closed it rests.
    ///
    /// - Parameters:
    ///   - window: The window.
    ///   - gate: The state of the gate.
    ///   - givesPrint: Whether the window's print is wanted.
    /// - Returns: What came of it.
    /// - Throws: What the network throws, if it does.
    func score(_ window: Window, gate: GateState, givesPrint: Bool) throws -> Outcome {
        // A window that does not follow the one before stands alone.
        if lastWindow != nextWindow - 1 { scorer.reset() }
        lastWindow = nextWindow
        guard gate == .open else {
            scorer.reset()
            return Outcome()
        }
        do {
            let scores = try use.inference.measure {
                try scorer.scores(of: frames.window, from: frames.offset)
            }
            return Outcome(
                scores: scores.classes,
                familiarity: scores.familiarity,
                print: givesPrint ? scorer.print() : nil
            )
        } catch let error as InvalidScore {
            return Outcome(invalidScore: error)
        }
    }

    /// Decides; a window without valid scores is as lost as one without samples.
    ///
    /// The detector sees no more than what is stored, so that the past can be judged again.
    func decide(_ hop: ScoredHop) -> [EventTransition] {
        hop.invalidScore == nil
            ? detector.update(hop.inStoredPrecision)
            : detector.interrupt(at: hop.hop.lowerBound, resumingAt: hop.hop.upperBound)
    }

    /// The smoothed score of each class at the last window.
    var smoothedScores: [Float] { detector.smoothedScores }

    /// The peaks that the last window showed to be no events.
    var nearMisses: [NearMiss] { detector.nearMisses }

    // MARK: - Gaps and settings

    /// Goes on after a gap.
    ///
    /// - Returns: What the gap decided.
    func resume(at time: SampleTime, lostFrom: SampleTime) -> [EventTransition] {
        beginSegment()
        return detector.interrupt(at: lostFrom, resumingAt: time)
    }

    /// Closes open events.
    func finish(at time: SampleTime) -> [EventTransition] {
        detector.finish(at: time)
    }

    /// Resets to the state of a new analysis.
    func restart() {
        beginSegment()
        stride = 1
        gate = Self.makeGate(use, sampleRateHz)
        detector = Self.makeDetector(use, sampleRateHz)
    }

    /// Changes how decisions are made from the next hop on; nothing that is open is lost.
    func apply(_ settings: AnalysisSettings) {
        use.settings = settings
        gate.apply(settings.gate)
        detector.apply(settings.detection)
    }

    private func beginSegment() {
        scorer.reset()
        nextWindow = 0
        lastWindow = nil
    }

    private static func makeGate(_ use: ModelUse, _ sampleRateHz: Int) -> SilenceGate {
        SilenceGate(settings: use.settings.gate, sampleRateHz: sampleRateHz)
    }

    private static func makeDetector(
        _ use: ModelUse,
        _ sampleRateHz: Int,
        _ nextEventNumber: Int = 0
    ) -> EventDetector {
        EventDetector(
            classNames: use.model.classes.map(\.name),
            settings: use.settings.detection,
            sampleRateHz: sampleRateHz,
            nextNumber: nextEventNumber
        )
    }
}
