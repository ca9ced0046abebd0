import Foundation
import Testing

@testable import LogMelFeatures

@Suite struct BandCompressorTests {
    private func compress(
        _ values: [Float],
        _ compression: Compression,
        _ spectrum: SpectrumKind = .power
    ) -> [Float] {
        var values = values
        let compressor = BandCompressor(compression, spectrum: spectrum)
        values.withUnsafeMutableBufferPointer { values in
            guard let bands = values.baseAddress else { return }
            compressor.compress(bands, count: values.count)
        }
        return values
    }

    /// Powers from 1e-30 to 1e30, more of them than eight and not a multiple of it.
    private let powers: [Float] = (0..<1_003).map { Float(pow(10, Double($0) * 0.06 - 30)) }

    @Test func logarithmIsExactToThreeUnitsInTheEighthDigit() {
        for (power, found) in zip(powers, compress(powers, .logFloor(1e-30))) {
            let expected = log(Double(max(power, 1e-30)))
            #expect(abs(Double(found) - expected) <= max(2.5e-7 * abs(expected), 1e-7), "\(power)")
        }
    }

    @Test func logarithmNearOneKeepsItsRelativeAccuracy() {
        let values = (-2_000...2_000).map { 1 + Float($0) * 1e-5 }
        for (value, found) in zip(values, compress(values, .logFloor(1e-30))) {
            let expected = log(Double(value))
            #expect(abs(Double(found) - expected) <= 2.5e-7 * abs(expected), "\(value)")
        }
    }

    @Test func everyCurveEqualsItsFormula() {
        let scale = DecibelScale(floor: 1e-10, reference: .value(2))
        let curves: [(Compression, SpectrumKind, (Double) -> Double)] = [
            (.none, .power, { $0 }),
            (.cubeRoot, .power, { cbrt($0) }),
            (.logOffset(1e-3), .power, { log($0 + 1e-3) }),
            (.log10(scale), .power, { log10(max($0, 1e-10)) - log10(2) }),
            (.decibel(scale), .power, { 10 * log10(max($0, 1e-10)) - 10 * log10(2) }),
            (.decibel(scale), .magnitude, { 20 * log10(max($0, 1e-10)) - 20 * log10(2) }),
        ]
        for (compression, spectrum, formula) in curves {
            for (power, found) in zip(powers, compress(powers, compression, spectrum)) {
                let expected = formula(Double(power))
                let error = abs(Double(found) - expected)
                #expect(error <= 1e-6 * max(1, abs(expected)), "\(compression) of \(power)")
            }
        }
    }

    @Test func digitalSilenceGivesTheFloor() {
        #expect(abs(compress([0], .decibel(DecibelScale()))[0] + 100) < 1e-4)
        #expect(abs(compress([0], .logOffset(1e-6))[0] + 13.815_511) < 1e-5)
        #expect(compress([0], .cubeRoot)[0] == 0)
    }

    @Test func bandsBitsDoNotDependOnTheirNumber() {
        let whole = compress(powers, .logOffset(1e-6))
        for count in 1...17 {
            let part = compress(Array(powers.prefix(count)), .logOffset(1e-6))
            #expect(part == Array(whole.prefix(count)))
        }
    }
}

@Suite struct EnergyNormaliserTests {
    /// Frames of two bands: one loud and varying, one silent but for a click.
    private let frames: [[Float]] = (0..<200).map { frame in
        [1e4 * (1.5 + sin(Float(frame) * 0.3)), frame == 100 ? 1 : 0]
    }

    private func normalise(_ settings: PCENSettings) -> [[Float]] {
        var normaliser = EnergyNormaliser(settings, framesPerSecond: 100, bandCount: 2)
        return frames.map { frame in
            var frame = frame
            frame.withUnsafeMutableBufferPointer { bands in
                guard let bands = bands.baseAddress else { return }
                normaliser.normalise(bands)
            }
            return frame
        }
    }

    /// Plain-loop twin: the formula of the paper in double precision.
    private func normaliseReference(_ settings: PCENSettings) -> [[Double]] {
        let time = Double(settings.timeConstantSeconds) * 100
        let share = (sqrt(1 + 4 * time * time) - 1) / (2 * time * time)
        var smoothed =
            settings.start == .one ? [1.0, 1.0] : frames[0].map { Double($0) }
        return frames.map { frame in
            (0..<2).map { band in
                let energy = Double(frame[band])
                smoothed[band] = (1 - share) * smoothed[band] + share * energy
                let gain = pow(Double(settings.epsilon) + smoothed[band], Double(settings.gain))
                let bias = Double(settings.bias)
                let power = Double(settings.power)
                return pow(energy / gain + bias, power) - pow(bias, power)
            }
        }
    }

    @Test(arguments: PCENSettings.Start.allCases, [0, 2] as [Float])
    func framesEqualTheFormula(_ start: PCENSettings.Start, bias: Float) {
        var settings = PCENSettings()
        settings.start = start
        settings.bias = bias
        for (found, expected) in zip(normalise(settings), normaliseReference(settings)) {
            for band in 0..<2 {
                let error = abs(Double(found[band]) - expected[band])
                #expect(error <= 1e-5 * max(1, abs(expected[band])))
            }
        }
    }

    @Test func recordingBeginsWithoutTransientWhenTheFirstFrameStartsTheSmoother() {
        var settings = PCENSettings()
        settings.start = .firstFrame
        let normalised = normalise(settings)
        #expect(normalised[0][0] < 1)
        settings.start = .one
        #expect(normalise(settings)[0][0] > 5)
    }

    @Test func resetForgetsThePast() throws {
        var frontEnd = Preset.librosa.frontEnd
        frontEnd.compression = .pcen(PCENSettings())
        let samples = TestSignal.samples(rateHz: 22_050, seconds: 0.3)
        let extractor = try FeatureExtractor(frontEnd)
        let first = extractor.features(of: samples) { samples.count }
        let second = extractor.features(of: samples) { samples.count }
        #expect(first == second)
    }
}

@Suite struct PatchNormalizerTests {
    /// Two bands, so that patches can be written out.
    private func prepare(
        _ frames: [Float],
        _ change: (inout FrontEnd) -> Void
    ) throws -> [Float] {
        var frontEnd = FrontEnd()
        frontEnd.melBandCount = 2
        change(&frontEnd)
        var input = Array(repeating: Float(0), count: frames.count * frontEnd.channelCount)
        var span = input.mutableSpan
        try PatchNormalizer(frontEnd).prepare(frames.span, into: &span)
        return input
    }

    @Test func framesByBandsStayAsTheyAre() throws {
        #expect(try prepare([1, 2, 3, 4, 5, 6]) { _ in } == [1, 2, 3, 4, 5, 6])
        #expect(try PatchNormalizer(FrontEnd()).isIdentity)
    }

    @Test func bandsByFramesAreTransposedAndRepeatedForEachChannel() throws {
        let input = try prepare([1, 2, 3, 4, 5, 6]) {
            $0.layout = .bandsByFrames
            $0.channelCount = 2
        }
        #expect(input == [1, 3, 5, 2, 4, 6, 1, 3, 5, 2, 4, 6])
    }

    @Test func valuesFarUnderTheMaximumAreLiftedToTopDecibels() throws {
        let input = try prepare([-10, -200, -89, -91]) {
            $0.compression = .decibel(DecibelScale(topDecibels: 80))
        }
        #expect(input == [-10, -90, -89, -90])
    }

    @Test func patchMaximumBecomesZeroDecibels() throws {
        let input = try prepare([-10, -200, -20, -60]) {
            $0.compression = .decibel(
                DecibelScale(reference: .patchMaximum, topDecibels: 40)
            )
        }
        #expect(input == [0, -40, -10, -40])
    }

    @Test func rangeOfLog10IsGivenInDecibelsToo() throws {
        let scale = DecibelScale(topDecibels: 80)
        #expect(try prepare([0, -20]) { $0.compression = .log10(scale) } == [0, -8])
        let magnitude = try prepare([0, -20]) {
            $0.compression = .log10(scale)
            $0.spectrum = .magnitude
        }
        #expect(magnitude == [0, -4])
    }

    @Test func fixedNormalisationFollowsTheLimitInEitherLayout() throws {
        for layout in PatchLayout.allCases {
            let input = try prepare([-10, -200, -20, -60]) {
                $0.compression = .decibel(DecibelScale(topDecibels: 80))
                $0.normalisation = .perBand(mean: [-10, -50], deviation: [10, 20])
                $0.layout = layout
            }
            let expected: [Float] =
                layout == .framesByBands ? [0, -2, -1, -0.5] : [0, -1, -2, -0.5]
            #expect(input == expected)
        }
    }

    @Test func patchIsNormalisedByItsOwnMeanAndDeviation() throws {
        let input = try prepare([1, 3, 1, 3]) {
            $0.normalisation = .perPatch(deviationFloor: 1e-3)
        }
        #expect(input == [-1, 1, -1, 1])
    }

    @Test func silenceIsNotBlownUpBeyondTheDeviationFloor() throws {
        let input = try prepare([1e-4, 0, 1e-4, 0]) {
            $0.normalisation = .perPatch(deviationFloor: 0.1)
        }
        #expect(input.allSatisfy { abs($0) < 1e-3 })
    }

    @Test func extractorLeavesNormalisationToThePatchWhenItNeedsTheWhole() throws {
        let samples = TestSignal.samples(rateHz: 22_050, seconds: 0.2)
        var frontEnd = Preset.librosa.frontEnd
        let decibels = try FeatureExtractor.features(of: samples, frontEnd)
        frontEnd.normalisation = .global(mean: -40, deviation: 20)
        #expect(try FeatureExtractor.features(of: samples, frontEnd) == decibels)
        frontEnd.compression = .decibel(DecibelScale())
        let normalised = try FeatureExtractor.features(of: samples, frontEnd)
        #expect(normalised == decibels.map { ($0 + 40) * (1 / 20) })
    }
}
