package import Detection
import ModelLibrary

/// What the analysis of a source found: the hops of a model in order, each followed by what was
/// decided at it.
package enum AnalysisFinding: Equatable, Sendable {
    /// A window of a model was analysed.
    case hop(ScoredHop, model: ModelSlot)
    /// An event began, which goes on.
    ///
    /// `firstWindowEnd` is the end of the first window that holds its first sample,
    /// `decidingWindowEnd` that of the window at which it was decided.
    case began(
        DetectedEvent,
        model: ModelSlot,
        firstWindowEnd: SampleTime,
        decidingWindowEnd: SampleTime
    )
    /// An event that began is over.
    case ended(DetectedEvent, model: ModelSlot)
    /// A peak of a class's score became no event.
    case near(NearMiss, model: ModelSlot)
}

/// A stretch of a source without gaps, as far as it is known.
struct SourceSegment {
    /// Where it began.
    let start: SampleTime
    /// One past the last sample that was given.
    var end: SampleTime

    /// Begins a stretch that has no samples yet.
    init(startingAt start: SampleTime) {
        self.start = start
        end = start
    }
}

/// Turns one source's samples into scored hops and events: the same for a microphone and a file.
///
/// The stages stand one below the other in ``process(_:appendingTo:)``: level, features, and for
/// each window of each model gate, network, decision. Whatever the sizes of the pieces that the
/// samples come in, and whatever other models listen, the hops of a model are the same to the bit,
/// because every stage advances on its own grid and not on the caller's.
package final class SourceAnalysis {
    /// The rate of the source in Hz.
    package let sampleRateHz: Int
    /// Whether hops come with their smoothed scores.
    package var givesSmoothedScores = false
    /// Whether hops come with the print of their window.
    package var givesPrints = false

    private let features: FeatureSupply
    private let models: [ModelAnalysis]
    /// What lets each model's events through; nil: nothing is asked about them.
    private let verifications: [EventVerification?]
    /// The sound that a second model may be asked about, and how much of it is held.
    private var sound: SampleHistory
    private let heldSamples: Int64
    private var levels: LevelBlocks
    private var segment: SourceSegment

    /// Makes every stage ready.
    ///
    /// - Parameters:
    ///   - uses: The models that listen, at least one, and how their scores are judged.
    ///   - sampleRateHz: The source's rate in Hz.
    ///   - start: The first sample's place on the timeline.
    ///   - previous: The analysis by the same models that this one replaces, whose events it goes on
    ///     numbering; nil: it is the first.
    /// - Throws: When the rate can't be converted or a network can't be set up.
    package init(
        _ uses: [ModelUse],
        sampleRateHz: Int,
        startingAt start: SampleTime = .zero,
        after previous: SourceAnalysis? = nil
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
                slot: ModelSlot(number),
                frames: features.readers[number],
                sampleRateHz: sampleRateHz,
                nextEventNumber: previous?.models[number].nextEventNumber ?? 0
            )
        }
        let verifier = uses.lazy.compactMap(\.verifier).first
        let opinion = try verifier.map { try SecondOpinion($0.model, sampleRateHz: sampleRateHz) }
        verifications = uses.map { use in
            guard let opinion, let verifier = use.verifier else { return nil }
            let questions = verifier.questions(about: use.model)
            return questions.contains { $0 != nil }
                ? EventVerification(opinion, questions: questions) : nil
        }
        sound = SampleHistory(sampleRateHz: sampleRateHz)
        // Windows are analysed up to a second after their last sample.
        heldSamples = Int64(
            EventVerification.heldWindows * (opinion?.windowLength ?? 0) + 2 * sampleRateHz
        )
        levels = LevelBlocks(
            sampleRateHz: sampleRateHz,
            readerCount: uses.count,
            startingAt: start
        )
        segment = SourceSegment(startingAt: start)
    }

    /// The step between two windows of each model in seconds, as it really is.
    package var hopSeconds: [Double] { models.map(\.grid.hopSeconds) }

    /// Analyses the next samples.
    ///
    /// - Parameters:
    ///   - samples: Mono, ±1, at the source's rate; any number of them.
    ///   - findings: Receives what they complete; the hops of one model come in order.
    /// - Throws: What the network throws, if it does.
    package func process(
        _ samples: Span<Float>,
        appendingTo findings: inout [AnalysisFinding]
    ) throws {
        levels.process(samples)
        features.process(samples)
        if isVerifying { sound.append(samples, at: segment.end) }
        segment.end = segment.end + Int64(samples.count)
        for model in models {
            while let window = model.nextWindow(of: segment) {
                try analyse(window, with: model, appendingTo: &findings)
            }
        }
        sound.forget(before: segment.end - heldSamples)
    }

    /// Leads a window through the stages of its model.
    private func analyse(
        _ window: ModelAnalysis.Window,
        with model: ModelAnalysis,
        appendingTo findings: inout [AnalysisFinding]
    ) throws {
        let envelope = levels.removeBlocks(endingIn: window.hop, for: model.slot)
        let gate = model.updateGate(envelope, over: window.hop)
        let outcome = try model.score(window, gate: gate, givesPrint: givesPrints)
        var hop = ScoredHop(
            window: window.samples,
            hop: window.hop,
            gate: gate,
            scores: outcome.scores,
            invalidScore: outcome.invalidScore,
            familiarity: outcome.familiarity,
            levelDBFS: Decibels.level(
                ofMeanSquare: envelope.reduce(0, +) / Float(max(1, envelope.count))
            ),
            envelope: envelope
        )
        hop.gateLevels = model.gateLevels
        hop.print = outcome.print
        let transitions = model.decide(hop)
        if givesSmoothedScores { hop.smoothedScores = model.smoothedScores }
        findings.append(.hop(hop, model: model.slot))
        try append(transitions, of: model, at: hop.window.upperBound, to: &findings)
        for miss in model.nearMisses { findings.append(.near(miss, model: model.slot)) }
        let late = try verifications[model.slot.rawValue]?
            .events(goingOnAt: hop.window.upperBound, sound: sound)
        for event in late ?? [] {
            append(event, of: model, at: hop.window.upperBound, to: &findings)
        }
        model.advance()
    }

    private var isVerifying: Bool { verifications.contains { $0 != nil } }

    /// Goes on after a gap: what was lost is neither scored nor bridged.
    ///
    /// - Parameters:
    ///   - time: The place on the timeline of the next sample that will be given.
    ///   - findings: Receives what the stretch before the gap still completes, and what the gap
    ///     decides.
    /// - Throws: What the network throws, if it does.
    package func resume(
        at time: SampleTime,
        appendingTo findings: inout [AnalysisFinding]
    ) throws {
        let lostFrom = segment.end
        try finishSegment(appendingTo: &findings)
        features.reset()
        levels.skip(to: time)
        segment = SourceSegment(startingAt: time)
        for model in models {
            let transitions = model.resume(at: time, lostFrom: lostFrom)
            try append(transitions, of: model, at: lostFrom, to: &findings)
        }
    }

    /// Ends the analysis: the last samples are scored and what is open is closed.
    ///
    /// - Parameter findings: Receives the hops that are left and the ends of open events.
    /// - Throws: What the network throws, if it does.
    package func finish(appendingTo findings: inout [AnalysisFinding]) throws {
        try finishSegment(appendingTo: &findings)
        for model in models {
            try append(model.finish(at: segment.end), of: model, at: segment.end, to: &findings)
        }
    }

    /// Analyses what is left of the segment, filled up with silence to a whole window.
    private func finishSegment(appendingTo findings: inout [AnalysisFinding]) throws {
        guard segment.end > segment.start else { return }
        features.flush()
        for model in models {
            while let window = model.nextWindow(toTheEndOf: segment) {
                try analyse(window, with: model, appendingTo: &findings)
            }
        }
        levels.removeAll()
    }

    private func append(
        _ transitions: [EventTransition],
        of model: ModelAnalysis,
        at windowEnd: SampleTime,
        to findings: inout [AnalysisFinding]
    ) throws {
        let verification = verifications[model.slot.rawValue]
        for transition in transitions {
            switch transition {
            case .began(let event):
                let verified = try verification.map {
                    try $0.begin(event, decidedAt: windowEnd, sound: sound)
                }
                if let event = verified ?? event {
                    append(event, of: model, at: windowEnd, to: &findings)
                }
            case .ended(let event):
                if let miss = verification?.refusal(of: event) {
                    findings.append(.near(miss, model: model.slot))
                }
                let announced = verification.map { $0.end(event) }
                if let event = announced ?? event {
                    findings.append(.ended(event, model: model.slot))
                }
            }
        }
    }

    private func append(
        _ event: DetectedEvent,
        of model: ModelAnalysis,
        at windowEnd: SampleTime,
        to findings: inout [AnalysisFinding]
    ) {
        let first = model.endOfFirstWindow(holding: event.start, in: segment)
        findings.append(
            .began(
                event,
                model: model.slot,
                firstWindowEnd: min(first, windowEnd),
                decidingWindowEnd: windowEnd
            )
        )
    }

    /// Begins anew at the beginning of a timeline, as a new analysis of the same models would.
    package func restart() {
        features.reset()
        levels = LevelBlocks(
            sampleRateHz: sampleRateHz,
            readerCount: models.count,
            startingAt: .zero
        )
        segment = SourceSegment(startingAt: .zero)
        models.forEach { $0.restart() }
        verifications.forEach { $0?.reset() }
        sound.removeAll()
    }

    /// Changes how decisions are made from the next hop on; nothing that is open is lost.
    ///
    /// - Parameter settings: Those of each model, in their order.
    package func apply(_ settings: [AnalysisSettings]) {
        precondition(settings.count == models.count, "every model has settings")
        for (model, settings) in zip(models, settings) {
            model.apply(settings)
        }
    }

    /// Skips windows from now on, because the machine can't keep up.
    ///
    /// - Parameter stride: How many hops are between two windows, from 1.
    package func leaveOut(allButOneOf stride: Int) {
        for model in models {
            model.leaveOut(allButOneOf: stride)
        }
    }
}
