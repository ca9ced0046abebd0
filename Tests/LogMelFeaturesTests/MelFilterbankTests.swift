import Testing

@testable import LogMelFeatures

@Suite struct MelFilterbankTests {
    private static func frontEnd(
        bands: Int,
        _ scale: MelScale = .htk,
        _ normalisation: MelNormalisation = .peak
    ) -> FrontEnd {
        var frontEnd = FrontEnd()
        frontEnd.melBandCount = bands
        frontEnd.minimumFrequencyHz = 60
        frontEnd.maximumFrequencyHz = 7_600
        frontEnd.melScale = scale
        frontEnd.melNormalisation = normalisation
        return frontEnd
    }

    @Test(arguments: MelScale.allCases, MelNormalisation.allCases)
    func weightsEqualLibrosas(_ scale: MelScale, _ normalisation: MelNormalisation) throws {
        let expected = try LibraryFixture.array(
            "mel_\(scale.rawValue)_\(normalisation.rawValue)"
        )
        let weights = MelFilterbank.denseWeights(Self.frontEnd(bands: 40, scale, normalisation))
        try #require(expected.shape == [weights.count, weights[0].count])
        let difference = try expected.difference(from: Array(weights.joined()))
        #expect(difference.maximum <= 1e-6 * difference.range)
    }

    @Test(arguments: [1, 2, 3, 4, 5, 40, 63, 64, 127, 257])
    func projectionEqualsThePlainLoop(_ bandCount: Int) {
        let frontEnd = Self.frontEnd(bands: bandCount)
        let filterbank = MelFilterbank(frontEnd)
        let spectrum = AlignedFloats(count: filterbank.readableBinCount)
        let values = TestSignal.samples(rateHz: 16_000, seconds: 0.05).prefix(257).map { $0 * $0 }
        for (bin, value) in values.enumerated() { spectrum.pointer[bin] = value }
        let bands = AlignedFloats(count: bandCount + 1)
        bands.pointer[bandCount] = -1
        filterbank.project(spectrum, into: bands.pointer)

        for (band, expected) in projectReference(values, frontEnd).enumerated() {
            let found = bands.pointer[band]
            #expect(abs(Double(found) - expected) <= 1e-6 * expected, "band \(band)")
        }
        #expect(bands.pointer[bandCount] == -1, "wrote past the last band")
    }

    /// Plain-loop twin: every weight times every bin, in double precision.
    private func projectReference(_ spectrum: [Float], _ frontEnd: FrontEnd) -> [Double] {
        MelFilterbank.denseWeights(frontEnd).map { weights in
            var sum = 0.0
            for bin in spectrum.indices { sum += Double(weights[bin]) * Double(spectrum[bin]) }
            return sum
        }
    }

    @Test(arguments: MelScale.allCases)
    func hertzOfMelOfAFrequencyIsTheFrequency(_ scale: MelScale) {
        for hertz in [0.0, 1, 440, 999.9, 1_000, 1_000.1, 8_000, 22_050] {
            #expect(abs(scale.hertz(fromMel: scale.mel(fromHertz: hertz)) - hertz) < 1e-9 * 22_050)
        }
    }
}
