import Testing

@testable import Detection

/// What holds for any hops at all.
@Suite struct EventDetectorPropertyTests {
    private static let names = ["a", "b", "c"]
    private static let rateHz = 16_000

    /// A repeatable source of random numbers (SplitMix64).
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private enum Step {
        case hop(ScoredHop)
        case interruption(at: SampleTime, resumingAt: SampleTime)
        case change(DetectionSettings)
    }

    private static func randomRule(_ generator: inout Generator) -> ClassRule {
        var rule = ClassRule()
        rule.smoothing = ScoreSmoothing.allCases.randomElement(using: &generator) ?? .mean
        rule.smoothingWindows = Int.random(in: 1...5, using: &generator)
        rule.on = Float.random(in: 0.2...0.95, using: &generator)
        rule.off = Float.random(in: 0.1...rule.on, using: &generator)
        rule.minDurationSeconds = [0, 0.1, 0.5, 1.5].randomElement(using: &generator) ?? 0
        rule.mergeGapSeconds = [0, 0.3, 1, 4].randomElement(using: &generator) ?? 0
        rule.confirmationWindows = Int.random(in: 1...4, using: &generator)
        rule.confirmationHits = Int.random(in: 1...rule.confirmationWindows, using: &generator)
        rule.maxDurationSeconds = [nil, nil, 2, 5].randomElement(using: &generator) ?? nil
        rule.coolDownSeconds = [0, 0, 1, 3].randomElement(using: &generator) ?? 0
        return rule
    }

    private static func randomSettings(_ generator: inout Generator) -> DetectionSettings {
        var settings = DetectionSettings()
        settings.defaults = randomRule(&generator)
        settings.classes["b"] = randomRule(&generator)
        settings.classes["c"] = randomRule(&generator)
        settings.classes["c"]?.suppressedBy = ["a"]
        return settings
    }

    /// Scores, levels and gate that come and go, with lost samples and changed settings between.
    private static func randomSteps(_ generator: inout Generator) -> [Step] {
        let grid = EnvelopeGrid(sampleRateHz: rateHz)
        var steps: [Step] = []
        var time = SampleTime(Int64.random(in: 0...50_000, using: &generator))
        var isFirst = true
        var loudness: Float = -60
        var means: [Float] = [0.1, 0.1, 0.1]
        for _ in 0..<150 {
            switch Int.random(in: 0..<40, using: &generator) {
            case 0:
                let cut = time + Int64.random(in: 0...3_000, using: &generator)
                time = cut + Int64.random(in: 1...60_000, using: &generator)
                steps.append(.interruption(at: cut, resumingAt: time))
                isFirst = true
            case 1:
                steps.append(.change(randomSettings(&generator)))
            case 2...12:
                loudness = Float.random(in: -70...0, using: &generator)
                means = means.map { _ in Float.random(in: 0...1, using: &generator) }
            default:
                break
            }
            let upper = time + (isFirst ? 15_600 : 3_840)
            let hop = time..<upper
            let isOpen = loudness > -55
            let scores = means.map {
                min(max($0 + .random(in: -0.2...0.2, using: &generator), 0), 1)
            }
            steps.append(
                .hop(
                    ScoredHop(
                        window: (upper - 15_600)..<upper,
                        hop: hop,
                        gate: isOpen ? .open : .closed,
                        scores: isOpen ? scores : [],
                        levelDBFS: loudness,
                        envelope: grid.blocks(endingIn: hop).map { _ in
                            Decibels.meanSquare(
                                ofLevel: loudness + .random(in: -15...5, using: &generator)
                            )
                        }
                    )
                )
            )
            time = upper
            isFirst = false
        }
        return steps
    }

    private static func run(_ steps: [Step], _ settings: DetectionSettings) -> [EventTransition] {
        var detector = EventDetector(classNames: names, settings: settings, sampleRateHz: rateHz)
        var transitions: [EventTransition] = []
        var end = SampleTime.zero
        for step in steps {
            switch step {
            case .hop(let hop):
                transitions += detector.update(hop)
                end = hop.hop.upperBound
            case .interruption(let time, let resumption):
                transitions += detector.interrupt(at: time, resumingAt: resumption)
                end = resumption
            case .change(let settings):
                detector.apply(settings)
            }
        }
        return transitions + detector.finish(at: end)
    }

    private static func hops(of steps: [Step]) -> [ScoredHop] {
        steps.compactMap { if case .hop(let hop) = $0 { hop } else { nil } }
    }

    @Test(arguments: 0..<60)
    func everyEventBeginsOnceEndsOnceAndOverlapsNone(seed: UInt64) throws {
        var generator = Generator(state: seed)
        let settings = Self.randomSettings(&generator)
        try settings.validate()
        let transitions = Self.run(Self.randomSteps(&generator), settings)

        var open: [ClassIndex: DetectedEvent] = [:]
        var lastEnd: [ClassIndex: SampleTime] = [:]
        var nextNumber = 0
        for transition in transitions {
            switch transition {
            case .began(let event):
                #expect(event.number == nextNumber)
                nextNumber += 1
                #expect(open[event.classIndex] == nil)
                #expect(event.start >= lastEnd[event.classIndex] ?? event.start)
                #expect(event.start < event.end)
                open[event.classIndex] = event
            case .ended(let event):
                let known = open.removeValue(forKey: event.classIndex)
                let begun = try #require(known)
                #expect(begun.number == event.number)
                #expect(begun.start == event.start)
                #expect(event.start < event.end)
                #expect(event.meanScore <= event.peakScore)
                #expect(event.peakScore >= begun.peakScore)
                #expect(event.levelDBFS < 6)
                lastEnd[event.classIndex] = event.end
            }
        }
        #expect(open.isEmpty)
    }

    @Test(arguments: 0..<60)
    func noEventBeginsOrEndsInsideAClosedGateOrLostSamples(seed: UInt64) {
        var generator = Generator(state: seed)
        var settings = DetectionSettings()
        settings.defaults = Self.randomRule(&generator)
        settings.defaults.coolDownSeconds = 0
        settings.defaults.maxDurationSeconds = nil
        let steps = Self.randomSteps(&generator).filter {
            if case .change = $0 { false } else { true }
        }
        let hops = Self.hops(of: steps)
        for event in Self.run(steps, settings).ended {
            let first = hops.first { $0.hop.contains(event.start) }
            let last = hops.last { $0.hop.lowerBound < event.end }
            #expect(first?.gate == .open)
            #expect(last?.gate == .open)
        }
    }

    @Test(arguments: 0..<40)
    func noEventOutlastsTheMaximumOrFollowsWithinTheCoolDown(seed: UInt64) {
        var generator = Generator(state: seed)
        var settings = DetectionSettings()
        settings.defaults = Self.randomRule(&generator)
        settings.defaults.maxDurationSeconds = 2
        settings.defaults.coolDownSeconds = 1.5
        let steps = Self.randomSteps(&generator).filter {
            if case .change = $0 { false } else { true }
        }
        let events = Self.run(steps, settings).ended
        for index in Self.names.classIndices {
            let own = events.filter { $0.classIndex == index }
            #expect(own.allSatisfy { $0.end - $0.start <= 32_000 })
            for (event, next) in zip(own, own.dropFirst()) {
                #expect(next.start - event.end >= 24_000)
            }
        }
    }

    @Test(arguments: 0..<40)
    func endedEventsAreFurtherApartThanTheMergeGap(seed: UInt64) {
        var generator = Generator(state: seed)
        var settings = DetectionSettings()
        settings.defaults = Self.randomRule(&generator)
        settings.defaults.maxDurationSeconds = nil
        settings.defaults.mergeGapSeconds = 0.7
        let steps = Self.randomSteps(&generator).filter {
            if case .change = $0 { false } else { true }
        }
        let events = Self.run(steps, settings).ended
        for index in Self.names.classIndices {
            let own = events.filter { $0.classIndex == index }
            for (event, next) in zip(own, own.dropFirst()) {
                #expect(next.start - event.end >= 11_200)
            }
        }
    }
}
