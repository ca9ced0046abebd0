import Testing

@testable import LogMelFeatures

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
