import Glibc
import Testing

@testable import Detection

@Suite struct LevelMeterTests {
    private static func reading(of samples: [Float]) -> LevelReading {
        var meter = LevelMeter()
        meter.process(samples.span)
        return meter.reading
    }

    @Test func fullScaleSquareWaveIsZero() {
        let reading = Self.reading(of: (0..<1_001).map { $0 % 2 == 0 ? 1 : -1 })
        #expect(reading.levelDBFS == 0)
        #expect(reading.peakDBFS == 0)
        #expect(reading.clippedSamples == 1_001)
        #expect(reading.sampleCount == 1_001)
    }

    @Test func fullScaleSineIsThreeDecibelsLower() {
        let sine = (0..<16_000).map { Float(sin(2 * Double.pi * 1_000 * Double($0) / 16_000)) }
        #expect(abs(Self.reading(of: sine).levelDBFS + 3.0103) < 1e-4)
    }

    @Test func digitalSilenceIsMinusInfinityAndNotFullScale() {
        let reading = Self.reading(of: [Float](repeating: 0, count: 100))
        #expect(reading.levelDBFS == -.infinity)
        #expect(reading.peakDBFS == -.infinity)
        #expect(reading.clippedSamples == 0)
    }

    @Test func nothingMeasuredIsMinusInfinity() {
        #expect(LevelMeter().reading.levelDBFS == -.infinity)
    }

    @Test func leastSixteenBitStepIsMeasured() {
        let reading = Self.reading(of: [Float](repeating: 1 / 32_768, count: 100))
        #expect(abs(reading.levelDBFS + 90.309) < 0.001)
    }

    @Test func negativePeakAndLargestSixteenBitCodeCount() {
        let reading = Self.reading(of: [
            0.1, -32_767 / 32_768, 32_766 / 32_768, -0.5, 0, 0, 0, 0, 1,
        ])
        #expect(reading.clippedSamples == 2)
        #expect(reading.peakDBFS == 0)
        #expect(
            Self.reading(of: [0.1, -0.5]).peakDBFS == Decibels.level(ofMeanSquare: Float(0.25))
        )
    }

    @Test func anyChunkingGivesTheSameReading() {
        let samples = (0..<5_000).map { Float(sin(Double($0 * $0))) }
        let whole = Self.reading(of: samples)
        for chunk in [1, 3, 8, 160, 999] {
            var meter = LevelMeter()
            for start in stride(from: 0, to: samples.count, by: chunk) {
                let end = min(start + chunk, samples.count)
                meter.process(samples.span.extracting(start..<end))
            }
            #expect(meter.reading == whole)
        }
    }

    @Test func resetReturnsTheReadingAndBeginsAnew() {
        var meter = LevelMeter()
        let ones: [Float] = [1, 1]
        meter.process(ones.span)
        #expect(meter.reset().levelDBFS == 0)
        #expect(meter.reading == LevelMeter().reading)
    }
}
