package import Detection
package import ModelLibrary

/// Turns one source's samples into scored hops and events: the same for a microphone and a file.
///
/// The path of a sample reads from top to bottom in ``process(_:each:)``: levels, features, and for
/// each model gate, network, decision. Whatever the sizes of the pieces that the samples come in,
/// and whatever other models listen, the hops of a model are the same to the bit, because every
/// stage advances on its own grid and not on the caller's.
package final class SourceAnalysis {
    /// One hop of one of the models and what was decided at it.
    package typealias Step = (model: Int, hop: ScoredHop, transitions: [EventTransition])
    /// What was decided for one of the models.
    package typealias Decision = (model: Int, transition: EventTransition)

    /// The rate of the source in Hz.
    package let sampleRateHz: Int

    private let features: FeatureSupply
    private let models: [ModelAnalysis]
    private var levels: LevelBlocks
    private var segment: ModelAnalysis.Segment

    /// Makes every stage ready.
    ///
    /// - Parameters:
    ///   - uses: The models that listen, at least one, and how their scores are judged.
    ///   - sampleRateHz: The source's rate in Hz.
    ///   - start: The first sample's place on the timeline.
    /// - Throws: When the rate can't be converted or a network can't be set up.
    package init(
        _ uses: [ModelUse],
        sampleRateHz: Int,
        startingAt start: SampleTime = .zero
    ) throws {
        precondition(!uses.isEmpty, "a source is listened to with at least one model")
        self.sampleRateHz = sampleRateHz
        let features = try FeatureSupply(
            uses.map { ($0.model.frontEnd, $0.model.windowFrames) },
            sourceRateHz: sampleRateHz
        )
        self.features = features
        models = try uses.enumerated().map { number, use in
            try ModelAnalysis(
                use,
                number: number,
                grid: HopGrid(
                    frontEnd: use.model.frontEnd,
                    windowFrames: use.model.windowFrames,
                    hopGranularity: WindowScorer.hopGranularity(of: use.model),
                    hopSeconds: use.settings.detection.hopSeconds,
                    sourceRateHz: sampleRateHz
                ),
                frames: features.readers[number],
                sampleRateHz: sampleRateHz
            )
        }
        levels = LevelBlocks(
            sampleRateHz: sampleRateHz,
            readerCount: uses.count,
            startingAt: start
        )
        segment = ModelAnalysis.Segment(start: start, position: start)
    }

    /// Makes every stage ready for a single model.
    ///
    /// - Throws: As for several models.
    package convenience init(
        model: SoundModel,
        sampleRateHz: Int,
        gate: GateSettings,
        detection: DetectionSettings,
        startingAt start: SampleTime = .zero
    ) throws {
        let settings = AnalysisSettings(gate: gate, detection: detection)
        try self.init(
            [ModelUse(model: model, settings: settings)],
            sampleRateHz: sampleRateHz,
            startingAt: start
        )
    }

    /// The step between two windows of each model in seconds, as it really is.
    package var hopSeconds: [Double] { models.map(\.grid.hopSeconds) }

    /// Takes samples in and calls `each` for every hop that they complete.
    ///
    /// - Parameters:
    ///   - samples: Mono, ±1, at the source's rate; any number of them.
    ///   - each: Called with each hop; those of one model come in order.
    /// - Throws: What the network throws, if it does.
    package func process(_ samples: Span<Float>, each: (Step) throws -> Void) throws {
        levels.process(samples)
        segment.position = segment.position + Int64(samples.count)
        features.process(samples)
        for model in models {
            try model.scoreWindows(of: segment, levels: &levels, each: each)
        }
    }

    /// Goes on behind a gap: what was lost is neither scored nor bridged.
    ///
    /// - Parameters:
    ///   - time: The place on the timeline of the next sample that will be given.
    ///   - each: Called with the hops that the stretch before the gap still completes.
    /// - Returns: What the gap decided.
    /// - Throws: What the network throws, if it does.
    package func resume(at time: SampleTime, each: (Step) throws -> Void) throws -> [Decision] {
        let lostFrom = segment.position
        try finishSegment(each: each)
        features.reset()
        levels.skip(to: time)
        segment = ModelAnalysis.Segment(start: time, position: time)
        return decisions { $0.resume(at: time, lostFrom: lostFrom) }
    }

    /// Ends the analysis: the last samples are scored and what is open is closed.
    ///
    /// - Parameter each: Called with the hops that are left.
    /// - Returns: The ends of the events that were open.
    /// - Throws: What the network throws, if it does.
    package func finish(each: (Step) throws -> Void) throws -> [Decision] {
        try finishSegment(each: each)
        return decisions { $0.end(at: segment.position) }
    }

    /// Begins anew at the beginning of a timeline, as a new analysis of the same models would.
    func restart() {
        features.reset()
        levels = LevelBlocks(
            sampleRateHz: sampleRateHz,
            readerCount: models.count,
            startingAt: .zero
        )
        segment = ModelAnalysis.Segment(start: .zero, position: .zero)
        models.forEach { $0.restart() }
    }

    /// Changes how is decided from the next hop on; nothing that is open is lost.
    ///
    /// - Parameter settings: Those of each model, in their order.
    package func apply(_ settings: [AnalysisSettings]) {
        precondition(settings.count == models.count, "every model has settings")
        for (model, settings) in zip(models, settings) {
            model.apply(settings)
        }
    }

    /// Leaves windows out from now on, because the machine can't keep up.
    ///
    /// - Parameter stride: How many hops are between two windows, from 1.
    package func leaveOut(allButOneOf stride: Int) {
        for model in models {
            model.leaveOut(allButOneOf: stride)
        }
    }

    /// The end of the first of a model's windows that holds a sample, whether or not the network
    /// was asked about it.
    ///
    /// - Parameters:
    ///   - sample: A sample of the stretch since the last gap; one before counts as its first.
    ///   - model: The model's place among the source's.
    /// - Returns: One past the window's last sample, which may be yet to come.
    func endOfFirstWindow(holding sample: SampleTime, ofModel model: Int) -> SampleTime {
        let grid = models[model].grid
        let window = grid.firstWindow(reaching: max(0, sample - segment.start) + 1)
        return segment.start + grid.window(window).upperBound
    }

    private func finishSegment(each: (Step) throws -> Void) throws {
        guard segment.position > segment.start else { return }
        features.flush()
        for model in models {
            try model.finish(segment, levels: &levels, each: each)
        }
        levels.forget()
    }

    private func decisions(_ decide: (ModelAnalysis) -> [EventTransition]) -> [Decision] {
        models.enumerated().flatMap { number, model in
            decide(model).map { (number, $0) }
        }
    }
}

extension EventTransition {
    /// The event that is over; nil for a beginning.
    var endedEvent: DetectedEvent? {
        if case .ended(let event) = self { event } else { nil }
    }
}
