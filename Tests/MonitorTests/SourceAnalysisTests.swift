import Detection
import LogMelFeatures
import ModelLibrary
import Settings
import Testing

@testable import Monitor

@Suite struct SourceAnalysisTests {
    private let model: SoundModel
    private let settings: AnalysisSettings

    init() throws {
        model = try ShippedModel.load("bootstrap")
        settings = try MonitorConfiguration().analysisSettings(for: model)
    }

    private func makeAnalysis(rateHz: Int = 16_000) throws -> SourceAnalysis {
        try SourceAnalysis(
            model: model,
            sampleRateHz: rateHz,
            gate: settings.gate,
            detection: settings.detection
        )
    }

    /// Everything that an analysis says of samples that come in pieces of the given sizes.
    private func hops(
        of samples: [Float],
        rateHz: Int = 16_000,
        pieces: () -> Int
    ) throws -> (hops: [ScoredHop], transitions: [EventTransition]) {
        let analysis = try makeAnalysis(rateHz: rateHz)
        var hops: [ScoredHop] = []
        var transitions: [EventTransition] = []
        let take = { (step: SourceAnalysis.Step) in
            hops.append(step.hop)
            transitions += step.transitions
        }
        var start = 0
        while start < samples.count {
            let end = min(samples.count, start + pieces())
            let piece = Array(samples[start..<end])
            try analysis.process(piece.span, each: take)
            start = end
        }
        transitions += try analysis.finish(each: take).map(\.transition)
        return (hops, transitions)
    }

    @Test(arguments: [16_000, 22_050, 48_000])
    func theSameSoundInPiecesOfAnySizeGivesTheSameHopsAndEvents(rateHz: Int) throws {
        let scene = Array(DemoSound.samples(rateHz: rateHz).prefix(rateHz * 20))
        let whole = try hops(of: scene, rateHz: rateHz) { scene.count }
        #expect(whole.transitions.contains { if case .ended = $0 { true } else { false } })
        var random = SystemIndependentRandom(seed: 3)
        let pieces = try hops(of: scene, rateHz: rateHz) {
            Int.random(in: 1...9_000, using: &random)
        }
        #expect(whole.hops == pieces.hops)
        #expect(whole.transitions == pieces.transitions)
    }

    @Test func hopsFollowOneAnotherWithoutHolesToTheLastSample() throws {
        let scene = Array(DemoSound.samples().prefix(16_000 * 7 + 123))
        let (hops, _) = try hops(of: scene) { 4_000 }
        #expect(hops.first?.hop.lowerBound == .zero)
        #expect(hops.last?.hop.upperBound == SampleTime(Int64(scene.count)))
        for (hop, next) in zip(hops, hops.dropFirst()) {
            #expect(hop.hop.upperBound == next.hop.lowerBound)
        }
    }

    @Test func theFirstWindowOfASoundIsTheFirstThatHoldsItsFirstSample() throws {
        let scene = Array(DemoSound.samples().prefix(16_000 * 7))
        let analysis = try makeAnalysis()
        var ends: [SampleTime] = []
        try analysis.process(scene.span) { ends.append($0.hop.window.upperBound) }
        let boundary = try #require(ends.dropFirst(2).first)
        for onset in [.zero, SampleTime(16_000 * 3), boundary + -1, boundary] {
            let expected = ends.first { $0 > onset }
            #expect(analysis.endOfFirstWindow(holding: onset, ofModel: 0) == expected)
        }
    }

    @Test(arguments: [2, 16])
    func windowsLeftOutMakeLongerHopsThatStillFollowOneAnother(stride: Int) throws {
        let scene = Array(DemoSound.samples().prefix(16_000 * 20 + 123))
        let every = try hops(of: scene) { 4_000 }.hops
        let analysis = try makeAnalysis()
        analysis.leaveOut(allButOneOf: stride)
        var some: [ScoredHop] = []
        try analysis.process(scene.span) { some.append($0.hop) }
        _ = try analysis.finish { some.append($0.hop) }

        #expect(some.count <= every.count / stride + 2)
        #expect(some.first?.hop.lowerBound == .zero)
        #expect(some.last?.hop.upperBound == SampleTime(Int64(scene.count)))
        for (hop, next) in zip(some, some.dropFirst()) {
            #expect(hop.hop.upperBound == next.hop.lowerBound)
        }
        // The windows that are looked at get the scores that they always get.
        for hop in some where hop.gate == .open {
            let same = every.first { $0.window == hop.window && $0.gate == .open }
            guard let same, !same.scores.isEmpty else { continue }
            for (score, expected) in zip(hop.scores, same.scores) {
                #expect(abs(score - expected) < 1e-4)
            }
        }
    }

    @Test func silenceCostsTheNetworkNothing() throws {
        let (hops, transitions) = try hops(of: [Float](repeating: 0, count: 160_000)) { 640 }
        #expect(!hops.isEmpty)
        #expect(hops.allSatisfy { $0.gate == .closed && $0.scores.isEmpty })
        #expect(hops.allSatisfy { $0.levelDBFS == -.infinity })
        #expect(transitions.isEmpty)
    }

    @Test func aRecordingShorterThanAWindowIsScoredOnce() throws {
        let bark = DemoSound.samples()[24_000...].prefix(4_000)
        let (hops, _) = try hops(of: Array(bark)) { 1_000 }
        #expect(hops.count == 1)
        #expect(hops.first?.window == SampleTime.zero..<SampleTime(4_000))
    }

    @Test func lostSamplesMoveWhatComesLaterAndAreNotScored() throws {
        let scene = DemoSound.samples()
        let analysis = try makeAnalysis()
        var hops: [ScoredHop] = []
        let take = { (step: SourceAnalysis.Step) in hops.append(step.hop) }
        let (before, after) = (Array(scene[..<80_000]), Array(scene[160_000..<240_000]))
        try analysis.process(before.span, each: take)
        _ = try analysis.resume(at: SampleTime(160_000), each: take)
        try analysis.process(after.span, each: take)
        _ = try analysis.finish(each: take)
        #expect(
            hops.allSatisfy { hop in
                hop.window.upperBound <= SampleTime(80_000)
                    || hop.window.lowerBound >= SampleTime(160_000)
            }
        )
        #expect(hops.last?.hop.upperBound == SampleTime(240_000))
    }

    @Test func theNetworkRunsIncrementallyAndScoresAsByWholeWindows() throws {
        let scorer = try WindowScorer(model: model, hopFrames: 24)
        #expect(scorer.isIncremental)
        #expect(WindowScorer.hopGranularity(of: model) == 8)
        let whole = try WindowScorer(model: model, hopFrames: 24)
        var frames = FeatureWindow(bandCount: 64, windowFrames: 96)
        let extractor = try FeatureExtractor(model.frontEnd)
        let scene = Array(DemoSound.samples()[24_000...].prefix(64_000))
        frames.append { extractor.process(scene.span, appendingTo: &$0) }
        while frames.frameCount >= 96 {
            let streamed = try scorer.scores(of: frames).classes
            // Told to forget, the second one computes every window as a first one.
            whole.reset()
            let alone = try whole.scores(of: frames).classes
            for (left, right) in zip(streamed, alone) {
                #expect(abs(left - right) < 1e-5)
            }
            frames.drop(24)
        }
    }
}
