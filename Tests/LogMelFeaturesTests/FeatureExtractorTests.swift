import Foundation
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

/// Frames cut from a stream, against frames cut from the whole padded recording.
@Suite struct SampleFramerTests {
    /// Plain-loop twin: every sample of every frame looked up by its position.
    private func framesReference(_ samples: [Float], _ frontEnd: FrontEnd) -> [[Float]] {
        (0..<frontEnd.frameCount(forSamples: samples.count)).map { frame in
            let first = frontEnd.firstSample(ofFrame: frame)
            return (first..<first + frontEnd.frameLength).map { position in
                if samples.indices.contains(position) { return samples[position] }
                return frontEnd.padding.index(at: position, count: samples.count)
                    .map { samples[$0] } ?? 0
            }
        }
    }

    private func frames(_ samples: [Float], _ frontEnd: FrontEnd, chunk: Int) -> [[Float]] {
        let framer = SampleFramer(frontEnd)
        var frames: [[Float]] = []
        var promised = 0
        let keep = { (frame: UnsafePointer<Float>) in
            frames.append(
                Array(UnsafeBufferPointer(start: frame, count: frontEnd.frameLength))
            )
        }
        var position = 0
        while position < samples.count {
            let part = samples[position..<min(samples.count, position + chunk)]
            promised += framer.frameCount(adding: part.count)
            part.withUnsafeBufferPointer { framer.advance($0, keep) }
            #expect(frames.count == promised)
            position += chunk
        }
        promised += framer.frameCountAtEnd()
        framer.finish(keep)
        #expect(frames.count == promised)
        return frames
    }

    @Test(arguments: Framing.allCases, EdgePadding.allCases)
    func chunksGiveTheFramesOfTheWholeRecording(_ framing: Framing, _ padding: EdgePadding) {
        var frontEnd = FrontEnd()
        frontEnd.framing = framing
        frontEnd.padding = padding
        for (window, fft, hop) in [(8, 16, 5), (16, 16, 16), (7, 8, 3), (4, 8, 13), (10, 12, 1)] {
            frontEnd.windowLength = window
            frontEnd.fftLength = fft
            frontEnd.hopLength = hop
            for placement in WindowPlacement.allCases {
                frontEnd.windowPlacement = placement
                for count in Array(0...20) + [37, 64, 100] {
                    let samples = (0..<count).map { Float($0 + 1) }
                    let expected = framesReference(samples, frontEnd)
                    for chunk in [1, 2, 5, 16, 40, 1_000] {
                        #expect(
                            frames(samples, frontEnd, chunk: chunk) == expected,
                            "\(window)/\(fft)/\(hop) \(placement), \(count) by \(chunk)"
                        )
                    }
                }
            }
        }
    }

    @Test func framesInsideAreNumberedAsTheFormulaSays() {
        let frontEnd = FrontEnd()
        #expect(frontEnd.frameCount(forSamples: 399) == 0)
        #expect(frontEnd.frameCount(forSamples: 400) == 1)
        #expect(frontEnd.frameCount(forSamples: 559) == 1)
        #expect(frontEnd.frameCount(forSamples: 560) == 2)
        #expect(frontEnd.firstSample(ofFrame: 3) == 480)
    }

    @Test func centredFramesAreNumberedAsLibrosaDoes() {
        let frontEnd = Preset.librosa.frontEnd
        #expect(frontEnd.frameCount(forSamples: 22_050) == 44)
        #expect(frontEnd.firstSample(ofFrame: 0) == -1_024)
    }

    @Test(arguments: [
        (EdgePadding.reflect, "4 3 2 1 2 3 4 3 2 1"), (.symmetric, "3 2 1 1 2 3 4 4 3 2"),
        (.edge, "1 1 1 1 2 3 4 4 4 4"), (.zeros, "0 0 0 1 2 3 4 0 0 0"),
    ])
    func paddingIsAsNumPyPads(_ padding: EdgePadding, expected: String) {
        let padded = (-3..<7).map { position in
            (0..<4).contains(position)
                ? position + 1 : (padding.index(at: position, count: 4).map { $0 + 1 } ?? 0)
        }
        #expect(padded.map(String.init).joined(separator: " ") == expected)
    }
}

extension FeatureExtractor {
    /// Features of a whole recording in one pass.
    static func features(of samples: [Float], _ frontEnd: FrontEnd) throws -> [Float] {
        try FeatureExtractor(frontEnd).features(of: samples) { samples.count }
    }

    /// Features of a recording taken in chunks, the next chunk's length given by `chunkLength`.
    func features(of samples: [Float], chunkLength: () -> Int) -> [Float] {
        var features: [Float] = []
        var position = 0
        while position < samples.count {
            let end = min(samples.count, position + chunkLength())
            // A named array: the compiler of Swift 6.3 aborts over spans of temporary arrays.
            let chunk = Array(samples[position..<end])
            process(chunk.span, appendingTo: &features)
            position = end
        }
        finish(appendingTo: &features)
        return features
    }
}

/// The signal that the fixtures were made of, as `Fixtures/test_signal.py` computes it.
enum TestSignal {
    /// A rising sweep, a steady tone, fading noise, clicks and a stretch of digital silence, in
    /// 16-bit units.
    static func integers(rateHz: Int, seconds: Double) -> [Int] {
        let count = Int((Double(rateHz) * seconds).rounded())
        let highestHz = 0.45 * Double(rateHz)
        var noise: UInt32 = 1
        return (0..<count).map { n in
            let t = Double(n) / Double(rateHz)
            noise = noise &* 1_664_525 &+ 1_013_904_223
            let sweepCycles = 50 * t + (highestHz - 50) * t * t / (2 * seconds)
            var value = 0.3 * sin(2 * Double.pi * sweepCycles)
            value += 0.2 * sin(2 * Double.pi * 440 * t)
            value += 0.1 * exp(-3 * t / seconds) * (Double(noise >> 8) / 8_388_608 - 1)
            if n % 1_777 == 1_000 { value += 0.4 }
            if (0.55..<0.65).contains(t / seconds) { value = 0 }
            return Int((value * 32_767 + 0.5).rounded(.down))
        }
    }

    /// Samples of ±1.
    static func samples(rateHz: Int, seconds: Double) -> [Float] {
        integers(rateHz: rateHz, seconds: seconds).map { Float($0) / 32_768 }
    }
}
