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
