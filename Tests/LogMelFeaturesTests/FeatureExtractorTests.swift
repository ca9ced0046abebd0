import Testing

@testable import LogMelFeatures

@Suite struct FeatureExtractorTests {
    /// Presets, and what no preset has.
    static let frontEnds: [(String, FrontEnd)] = {
        var all = Preset.allCases.map { ($0.rawValue, $0.frontEnd) }
        all += LibraryPresetTests.fixtures.map { ($0.name, $0.frontEnd) }
        var waveform = FrontEnd()
        waveform.representation = .waveform
        waveform.hopLength = 120
        waveform.sampleScale = 2
        all.append(("waveform", waveform))
        var sparse = FrontEnd()
        sparse.hopLength = 1_000
        sparse.compression = .cubeRoot
        all.append(("hop longer than the window", sparse))
        return all
    }()

    private static func generator(seed: UInt64) -> some RandomNumberGenerator {
        struct Counter: RandomNumberGenerator {
            var state: UInt64
            mutating func next() -> UInt64 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return state ^ (state >> 29)
            }
        }
        return Counter(state: seed)
    }

    @Test(arguments: frontEnds.map(\.0))
    func anyChunksGiveTheBitsOfOnePass(_ name: String) throws {
        let frontEnd = try #require(Self.frontEnds.first { $0.0 == name }).1
        let samples = TestSignal.samples(rateHz: 16_000, seconds: 0.7)
        let whole = try FeatureExtractor.features(of: samples, frontEnd)
        #expect(
            whole.count == frontEnd.frameCount(forSamples: samples.count) * frontEnd.bandCount
        )
        let extractor = try FeatureExtractor(frontEnd)
        var random = Self.generator(seed: 11)
        for longest in [3, 160, 161, 1_000, 5_000] {
            let streamed = extractor.features(of: samples) {
                Int.random(in: 1...longest, using: &random)
            }
            #expect(
                streamed.map(\.bitPattern) == whole.map(\.bitPattern),
                "\(name), chunks of up to \(longest)"
            )
        }
    }

    @Test func firstFrameNeedsNoMoreThanItsOwnSamples() throws {
        let extractor = try FeatureExtractor(Preset.earwitness.frontEnd)
        let samples = TestSignal.samples(rateHz: 16_000, seconds: 0.025)
        var features: [Float] = []
        #expect(extractor.process(samples.span, appendingTo: &features) == 1)
        #expect(features.count == 64)
    }

    @Test func emptyRecordingGivesNoFrames() throws {
        for preset in Preset.allCases {
            let extractor = try FeatureExtractor(preset.frontEnd)
            var features: [Float] = []
            #expect(extractor.finish(appendingTo: &features) == 0)
            #expect(features.isEmpty)
        }
    }

    @Test func digitalSilenceGivesFiniteFeatures() throws {
        let silence = Array(repeating: Float(0), count: 50_000)
        for (name, frontEnd) in Self.frontEnds {
            let features = try FeatureExtractor.features(of: silence, frontEnd)
            #expect(features.allSatisfy { $0.isFinite }, "\(name)")
        }
    }

    @Test func waveformFramesFollowOneAnotherWithoutOverlap() throws {
        var frontEnd = FrontEnd()
        frontEnd.representation = .waveform
        frontEnd.hopLength = 4
        frontEnd.sampleScale = 10
        let features = try FeatureExtractor.features(of: (0..<10).map { Float($0) }, frontEnd)
        #expect(features == [0, 10, 20, 30, 40, 50, 60, 70])
    }

    @Test func measuredPlanGivesTheSameFeaturesToRounding() throws {
        let samples = TestSignal.samples(rateHz: 16_000, seconds: 0.5)
        let frontEnd = Preset.earwitness.frontEnd
        let estimated = try FeatureExtractor.features(of: samples, frontEnd)
        let measured = try FeatureExtractor(frontEnd, policy: .measure)
            .features(of: samples) { 1_000 }
        for (one, other) in zip(estimated, measured) { #expect(abs(one - other) < 1e-4) }
    }

    @Test func invalidFrontEndIsRefused() {
        var frontEnd = FrontEnd()
        frontEnd.hopLength = 0
        #expect(throws: FrontEndError.self) { try FeatureExtractor(frontEnd) }
        #expect(throws: FrontEndError.self) { try PatchNormalizer(frontEnd) }
    }
}
