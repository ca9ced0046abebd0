import Foundation
import Testing

@testable import LogMelFeatures

@Suite struct ShortTimeFourierTransformTests {
    private func power(_ frame: [Float], window: [Float], fftLength: Int) -> [Float] {
        let transform = ShortTimeFourierTransform(
            window: window,
            fftLength: fftLength,
            policy: .estimate
        )
        let power = AlignedFloats(count: transform.binCount)
        frame.withUnsafeBufferPointer { frame in
            guard let frame = frame.baseAddress else { return }
            transform.powerSpectrum(of: frame, into: power)
        }
        return (0..<transform.binCount).map { power.pointer[$0] }
    }

    /// The error stays under 1e-6 of the largest amplitude: single precision, as any library's.
    @Test(arguments: [
        (400, 512), (512, 512), (320, 320), (2, 4), (5, 6), (10, 10), (50, 50), (441, 882),
        (1_024, 1_024), (16, 16), (18, 20), (30, 34),
    ])
    func powerEqualsTheDefinition(windowLength: Int, fftLength: Int) throws {
        let window = WindowShape.hammingSymmetric.values(length: windowLength).map { Float($0) }
        let frame = TestSignal.samples(rateHz: 16_000, seconds: 0.2).prefix(windowLength)
        let expected = FourierReference.power(
            of: Array(frame),
            window: window,
            fftLength: fftLength
        )
        let found = power(Array(frame), window: window, fftLength: fftLength)
        try #require(found.count == expected.count)
        let largest = (expected.max() ?? 0).squareRoot()
        for (bin, value) in found.enumerated() {
            let error = abs(Double(value).squareRoot() - expected[bin].squareRoot())
            #expect(error <= 1e-6 * largest, "bin \(bin)")
        }
    }

    @Test func toneBesideSilenceLeavesTheMirroredBinsQuiet() {
        let window = WindowShape.hannPeriodic.values(length: 512).map { Float($0) }
        let tone = (0..<512).map { Float(sin(2 * Double.pi * Double($0 * 20) / 512)) }
        let found = power(tone, window: window, fftLength: 512)
        #expect(found[20] > 16_000)
        #expect(found[236] < 1e-8 * found[20])
    }

    @Test func plansMadeOnManyThreadsAtOnceGiveTheSameBits() async {
        let frame = TestSignal.samples(rateHz: 16_000, seconds: 0.05)
        let window = Array(repeating: Float(1), count: 600)
        await withTaskGroup(of: [Float].self) { group in
            for _ in 0..<16 {
                group.addTask { power(frame, window: window, fftLength: 750) }
            }
            let first = power(frame, window: window, fftLength: 750)
            for await other in group { #expect(other == first) }
        }
    }
}

@Suite struct WindowShapeTests {
    @Test(arguments: WindowShape.allCases)
    func valuesEqualSciPys(_ shape: WindowShape) throws {
        let expected = try LibraryFixture.array("window_\(shape.rawValue)").values
        let found = shape.values(length: expected.count)
        for (index, value) in expected.enumerated() {
            #expect(abs(Float(found[index]) - value) <= 1e-7, "\(shape), sample \(index)")
        }
    }

    @Test func symmetricHannIsZeroAtBothEndsAndPeriodicAtOne() {
        let symmetric = WindowShape.hannSymmetric.values(length: 9)
        let periodic = WindowShape.hannPeriodic.values(length: 8)
        #expect(symmetric.first == 0 && abs(symmetric[8]) < 1e-15 && symmetric[4] == 1)
        #expect(Array(symmetric.dropLast()) == periodic)
    }
}

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

/// Plain-loop twin of the short-time Fourier transform: the definition, in double precision.
enum FourierReference {
    /// |X[k]|² of a windowed, zero padded frame.
    static func power(of frame: [Float], window: [Float], fftLength: Int) -> [Double] {
        (0...fftLength / 2).map { bin in
            var real = 0.0
            var imaginary = 0.0
            for index in window.indices {
                let value = Double(frame[index]) * Double(window[index])
                let angle = -2 * Double.pi * Double(bin * index % fftLength) / Double(fftLength)
                real += value * cos(angle)
                imaginary += value * sin(angle)
            }
            return real * real + imaginary * imaginary
        }
    }
}
