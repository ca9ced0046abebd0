import CAllocationCounter
import Detection
import LogMelFeatures
import ModelLibrary
import NeuralNetwork
import Settings
import TestSupport
import Testing

@testable import Monitor

@Suite struct SourceAnalysisTests {
    private let model: SoundModel
    private let settings: AnalysisSettings

    init() throws {
        model = try ReferenceModel.load()
        settings = try MonitorConfiguration().analysisSettings(for: model)
    }

    private func makeAnalysis(rateHz: Int = 16_000) throws -> SourceAnalysis {
        try SourceAnalysis(
            [ModelUse(model: model, settings: settings)],
            sampleRateHz: rateHz
        )
    }

    /// Everything that an analysis finds in samples that come in pieces of the given sizes.
    private func findings(
        in samples: [Float],
        rateHz: Int = 16_000,
        pieces: () -> Int
    ) throws -> [AnalysisFinding] {
        try makeAnalysis(rateHz: rateHz).findings(in: samples, pieces: pieces)
    }

    @Test(arguments: [16_000, 22_050, 48_000])
    func theSameSoundInPiecesOfAnySizeGivesTheSameHopsAndEvents(rateHz: Int) throws {
        let scene = Array(DemoSound.samples(rateHz: rateHz).prefix(rateHz * 20))
        let whole = try findings(in: scene, rateHz: rateHz) { scene.count }
        #expect(!whole.endedEvents().isEmpty)
        var random = SeededNumbers(seed: 3)
        let pieces = try findings(in: scene, rateHz: rateHz) {
            Int.random(in: 1...9_000, using: &random)
        }
        // Pieces of any size come in the same order, since there is one model.
        #expect(whole == pieces)
    }

    @Test(arguments: ["a small network", "household-2"])
    func openHopsComeWithThePrintOfTheirWindowWhereOneIsAskedFor(name: String) throws {
        let model =
            name == "household-2" ? try ShippedModel.load(name) : try ReferenceModel.load()
        let embedding = try #require(model.embedding)
        let scene = Array(DemoSound.samples().prefix(16_000 * 7))
        let use = ModelUse(
            model: model,
            settings: try MonitorConfiguration().analysisSettings(for: model)
        )
        let plain = try SourceAnalysis([use], sampleRateHz: 16_000).findings(in: scene) { 4_000 }
        #expect(plain.hops().allSatisfy { $0.print == nil })
        let analysis = try SourceAnalysis([use], sampleRateHz: 16_000)
        analysis.givesPrints = true
        let hops = try analysis.findings(in: scene) { 4_000 }.hops()
        #expect(hops.map(\.scores) == plain.hops().map(\.scores))
        #expect(hops.contains { $0.gate == .open } && hops.contains { $0.gate == .closed })

        let frontEnd = try FeatureExtractor(model.frontEnd)
        let normalizer = try PatchNormalizer(model.frontEnd)
        let session = try model.makeSession()
        for hop in hops {
            #expect((hop.print != nil) == (hop.gate == .open))
            guard let print = hop.print, hop.window.upperBound.index < Int64(scene.count) else {
                continue
            }
            let first = Int(hop.window.lowerBound.index)
            var features: [Float] = []
            frontEnd.reset()
            frontEnd.process(
                scene.span.extracting(first..<first + model.windowSamples),
                appendingTo: &features
            )
            var input = [Float](repeating: 0, count: model.inputShape.reduce(1, *))
            var prepared = input.mutableSpan
            normalizer.prepare(features.span, into: &prepared)
            var numbers = [Float](repeating: 0, count: embedding.length)
            var result = numbers.mutableSpan
            try session.run(
                input.span,
                shape: model.inputShape,
                output: embedding.name,
                into: &result
            )
            // Step by step a network gives the same but for rounding.
            let own = SoundPrint(of: numbers.span)
            let expected = try #require(own)
            for (one, other) in zip(print.bytes, expected.bytes) {
                #expect(abs(Int(Int8(bitPattern: one)) - Int(Int8(bitPattern: other))) <= 1)
            }
        }
    }

    @Test func hopsFollowOneAnotherWithoutHolesToTheLastSample() throws {
        let scene = Array(DemoSound.samples().prefix(16_000 * 7 + 123))
        let hops = try findings(in: scene) { 4_000 }.hops()
        #expect(hops.first?.hop.lowerBound == .zero)
        #expect(hops.last?.hop.upperBound == SampleTime(Int64(scene.count)))
        for (hop, next) in zip(hops, hops.dropFirst()) {
            #expect(hop.hop.upperBound == next.hop.lowerBound)
        }
    }

    @Test func theFirstWindowOfASoundIsTheFirstThatHoldsItsFirstSample() throws {
        let scene = Array(DemoSound.samples().prefix(16_000 * 7))
        let findings = try findings(in: scene) { 4_000 }
        let windows = findings.hops().map(\.window)
        var events = 0
        for case .began(let event, _, let firstWindowEnd, let decidingWindowEnd) in findings {
            events += 1
            #expect(firstWindowEnd == windows.first { $0.contains(event.start) }?.upperBound)
            #expect(windows.map(\.upperBound).contains(decidingWindowEnd))
            #expect(firstWindowEnd <= decidingWindowEnd)
        }
        #expect(events > 0)
    }

    @Test(arguments: [2, 16])
    func windowsLeftOutMakeLongerHopsThatStillFollowOneAnother(stride: Int) throws {
        let scene = Array(DemoSound.samples().prefix(16_000 * 20 + 123))
        let every = try findings(in: scene) { 4_000 }.hops()
        let analysis = try makeAnalysis()
        analysis.leaveOut(allButOneOf: stride)
        let some = try analysis.findings(in: scene) { scene.count }.hops()

        #expect(some.count <= every.count / stride + 2)
        #expect(some.first?.hop.lowerBound == .zero)
        #expect(some.last?.hop.upperBound == SampleTime(Int64(scene.count)))
        for (hop, next) in zip(some, some.dropFirst()) {
            #expect(hop.hop.upperBound == next.hop.lowerBound)
        }
        // The windows that are analysed get the scores that they always get.
        for hop in some where hop.gate == .open {
            let same = every.first { $0.window == hop.window && $0.gate == .open }
            guard let same, !same.scores.isEmpty else { continue }
            for (score, expected) in zip(hop.scores, same.scores) {
                #expect(abs(score - expected) < 1e-4)
            }
        }
    }

    @Test func silenceCostsTheNetworkNothing() throws {
        let findings = try findings(in: [Float](repeating: 0, count: 160_000)) { 640 }
        let hops = findings.hops()
        #expect(!hops.isEmpty)
        #expect(hops.allSatisfy { $0.gate == .closed && $0.scores.isEmpty })
        #expect(hops.allSatisfy { $0.levelDBFS == -.infinity })
        #expect(hops.count == findings.count, "there is no event")
    }

    @Test func aRecordingShorterThanAWindowIsScoredOnce() throws {
        let bark = DemoSound.samples()[24_000...].prefix(4_000)
        let hops = try findings(in: Array(bark)) { 1_000 }.hops()
        #expect(hops.count == 1)
        #expect(hops.first?.window == SampleTime.zero..<SampleTime(4_000))
    }

    @Test func lostSamplesMoveWhatComesLaterAndAreNotScored() throws {
        let scene = DemoSound.samples()
        let analysis = try makeAnalysis()
        var findings: [AnalysisFinding] = []
        let (before, after) = (Array(scene[..<80_000]), Array(scene[160_000..<240_000]))
        try analysis.process(before.span, appendingTo: &findings)
        try analysis.resume(at: SampleTime(160_000), appendingTo: &findings)
        try analysis.process(after.span, appendingTo: &findings)
        try analysis.finish(appendingTo: &findings)
        let hops = findings.hops()
        #expect(
            hops.allSatisfy { hop in
                hop.window.upperBound <= SampleTime(80_000)
                    || hop.window.lowerBound >= SampleTime(160_000)
            }
        )
        #expect(hops.last?.hop.upperBound == SampleTime(240_000))
    }

    @Test(arguments: [(0.48, 32, 48), (0.32, 32, 32), (0.3, 32, 32), (0.24, 8, 24), (5, 32, 96)])
    func aStepIsKeptUnlessTheNetworksOwnIsNear(
        hopSeconds: Double,
        granularity: Int,
        hopFrames: Int
    ) {
        let grid = HopGrid(
            frontEnd: model.frontEnd,
            windowFrames: 96,
            hopGranularity: granularity,
            hopSeconds: hopSeconds,
            sourceRateHz: 16_000
        )
        #expect(grid.hopFrames == hopFrames)
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

@Suite struct AnalysisPoolTests {
    private let use: ModelUse
    private let scene = DemoSound.samples(rateHz: 44_100)

    init() throws {
        let model = try ReferenceModel.load()
        use = ModelUse(
            model: model,
            settings: try MonitorConfiguration().analysisSettings(for: model)
        )
    }

    /// What an analysis says of some seconds of the scene.
    private func hops(_ analysis: SourceAnalysis, of seconds: Range<Int>) throws -> [ScoredHop] {
        let samples = Array(scene[seconds.lowerBound * 44_100..<seconds.upperBound * 44_100])
        return try analysis.findings(in: samples) { samples.count }.hops()
    }

    @Test func anAnalysisThatWasUsedBeforeSaysWhatANewOneSays() throws {
        let pool = AnalysisPool([use])
        let analyses = try [3..<9, 0..<2, 12..<25, 3..<9].map { seconds in
            try pool.withAnalysis(rateHz: 44_100) { analysis in
                let alone = try SourceAnalysis([use], sampleRateHz: 44_100)
                #expect(try hops(analysis, of: seconds) == (try hops(alone, of: seconds)))
                return ObjectIdentifier(analysis)
            }
        }
        #expect(Set(analyses).count == 1)
    }

    @Test func anAnalysisOfAnotherRateIsAnotherOne() throws {
        let pool = AnalysisPool([use])
        let rates = try [44_100, 16_000, 44_100].map { rateHz in
            try pool.withAnalysis(rateHz: rateHz) { $0.sampleRateHz }
        }
        #expect(rates == [44_100, 16_000, 44_100])
    }

    @Test func anAnalysisThatFailedIsNotUsedAgain() throws {
        struct Failure: Error {}
        let pool = AnalysisPool([use])
        var failed: SourceAnalysis?
        #expect(throws: Failure.self) {
            try pool.withAnalysis(rateHz: 44_100) { analysis in
                failed = analysis
                throw Failure()
            }
        }
        try pool.withAnalysis(rateHz: 44_100) { #expect($0 !== failed) }
    }
}

/// What the analysis thread allocates for a window once it is under way.
///
/// The limits hold against growth. In a debug build most of it are temporaries of code that is not
/// optimised, such as boxes of closures; what remains in any build are the scores and the envelope
/// that each hop hands to the recorder and, in stored precision, to the detector, and what that
/// returns.
@Suite struct AnalysisAllocationTests {
    /// The mean number of allocations for a window of the second half of some samples.
    private func allocationsPerWindow(of samples: [Float]) throws -> Double {
        let model = try ReferenceModel.load()
        let settings = try MonitorConfiguration().analysisSettings(for: model)
        let analysis = try SourceAnalysis(
            [ModelUse(model: model, settings: settings)],
            sampleRateHz: 16_000
        )
        var findings: [AnalysisFinding] = []
        findings.reserveCapacity(64)
        var (windows, allocations) = (0, Int64(0))
        for start in stride(from: 0, to: samples.count - 640, by: 640) {
            let before = allocation_counter_own_allocations()
            let period = samples.span.extracting(start..<start + 640)
            try analysis.process(period, appendingTo: &findings)
            let after = allocation_counter_own_allocations()
            if start > samples.count / 2 {
                allocations += after - before
                windows += findings.hops().count
            }
            findings.removeAll(keepingCapacity: true)
        }
        return Double(allocations) / Double(windows)
    }

    @Test func aQuietWindowAllocatesNoMoreThanItDid() throws {
        let allocations = try allocationsPerWindow(of: [Float](repeating: 0, count: 16_000 * 30))
        #expect(allocations < 450, "\(allocations)")
    }

    @Test func theNetworkAddsFewAllocationsToAWindow() throws {
        var random = SeededNumbers(seed: 1)
        let noise = (0..<16_000 * 30).map { _ in Float.random(in: -0.2...0.2, using: &random) }
        let allocations = try allocationsPerWindow(of: noise)
        #expect(allocations < 535, "\(allocations)")
    }
}

extension SourceAnalysis {
    /// Everything that is found in samples that come in pieces of the given sizes, to their end.
    func findings(in samples: [Float], pieces: () -> Int) throws -> [AnalysisFinding] {
        var findings: [AnalysisFinding] = []
        var start = 0
        while start < samples.count {
            let end = min(samples.count, start + pieces())
            try process(samples.span.extracting(start..<end), appendingTo: &findings)
            start = end
        }
        try finish(appendingTo: &findings)
        return findings
    }
}

extension [AnalysisFinding] {
    /// The hops of a model, in order.
    func hops(of slot: ModelSlot = 0) -> [ScoredHop] {
        compactMap { finding in
            if case .hop(let hop, slot) = finding { hop } else { nil }
        }
    }

    /// What was decided for a model, in order.
    func transitions(of slot: ModelSlot = 0) -> [EventTransition] {
        compactMap { finding in
            switch finding {
            case .began(let event, slot, _, _): .began(event)
            case .ended(let event, slot): .ended(event)
            default: nil
            }
        }
    }

    /// The events of a model that are over, in order of their end.
    func endedEvents(of slot: ModelSlot = 0) -> [DetectedEvent] {
        compactMap { finding in
            if case .ended(let event, slot) = finding { event } else { nil }
        }
    }
}
