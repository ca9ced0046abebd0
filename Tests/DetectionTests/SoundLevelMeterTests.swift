import Glibc
import Testing

@testable import Detection

@Suite struct SoundLevelMeterTests {
    /// The noise of `make_sound_levels.py`.
    static func noise(rateHz: Int, seconds: Int) -> [Float] {
        let amplitudes: [Float] = [0.5, 0.05, 0.2, 0.01, 0.8, 0.1, 0.02, 0.3]
        var state: UInt32 = 1
        return (0..<rateHz * seconds).map { index in
            state = state &* 1_664_525 &+ 1_013_904_223
            return Float(Int32(bitPattern: state)) / 2_147_483_648
                * amplitudes[index / (rateHz / 2) % amplitudes.count]
        }
    }

    private static func settings(
        _ frequency: FrequencyWeighting,
        _ time: TimeWeighting = .fast
    )
        -> SoundLevelSettings
    {
        var settings = SoundLevelSettings()
        settings.frequencyWeighting = frequency
        settings.timeWeighting = time
        return settings
    }

    /// The statistics of all samples, given in chunks.
    private static func statistics(
        of samples: [Float],
        _ meter: SoundLevelMeter,
        chunk: Int = 4_096
    ) -> SoundLevelStatistics? {
        var meter = meter
        for start in stride(from: 0, to: samples.count, by: chunk) {
            let end = min(start + chunk, samples.count)
            meter.process(samples.span.extracting(start..<end))
        }
        return meter.endInterval()
    }

    private static func end(_ meter: inout SoundLevelMeter) -> SoundLevelStatistics? {
        meter.endInterval()
    }

    private static func feed(_ samples: [Float], to meter: inout SoundLevelMeter) {
        meter.process(samples.span)
    }

    private static func statistics(of samples: [Float]) throws -> SoundLevelStatistics {
        try #require(statistics(of: samples, SoundLevelMeter(sampleRateHz: 16_000)))
    }

    @Test func levelsOfNoiseAreThoseOfTheAnalogueWeightings() throws {
        for row in try Fixture.rows(of: "sound_levels.csv") {
            let rateHz = Int(try Fixture.number("rate_hz", of: row))
            let frequency = try #require(
                row["frequency_weighting"].flatMap(FrequencyWeighting.init)
            )
            let time = try #require(row["time_weighting"].flatMap(TimeWeighting.init))
            let samples = Self.noise(
                rateHz: rateHz,
                seconds: Int(try Fixture.number("seconds", of: row))
            )
            let meter = SoundLevelMeter(
                settings: Self.settings(frequency, time),
                sampleRateHz: rateHz
            )
            let measured = try #require(Self.statistics(of: samples, meter))
            let equivalent =
                switch frequency {
                case .a: measured.equivalentA
                case .c: measured.equivalentC
                case .z: measured.equivalentZ
                }
            // White noise is the hardest case for a filter that is off near half the rate.
            let tolerance = frequency == .z ? 0.01 : 0.25
            for (column, value) in [
                ("equivalent_dbfs", equivalent), ("maximum_dbfs", measured.maximum),
                ("exceeded_10_dbfs", measured.exceededFor10Percent),
                ("exceeded_50_dbfs", measured.exceededFor50Percent),
                ("exceeded_90_dbfs", measured.exceededFor90Percent),
            ] {
                let expected = try Fixture.number(column, of: row)
                #expect(
                    abs(Double(value) - expected) < tolerance,
                    "\(column) \(frequency) \(time) at \(rateHz) Hz"
                )
            }
        }
    }

    @Test func anyChunkingGivesTheSameStatistics() {
        let samples = Self.noise(rateHz: 16_000, seconds: 2)
        let meter = SoundLevelMeter(sampleRateHz: 16_000)
        let whole = Self.statistics(of: samples, meter, chunk: samples.count)
        for chunk in [1, 7, 160, 1_001] {
            #expect(Self.statistics(of: samples, meter, chunk: chunk) == whole)
        }
    }

    @Test func intervalsHaveTheirOwnStatistics() throws {
        var meter = SoundLevelMeter(sampleRateHz: 16_000)
        Self.feed([Float](repeating: 1, count: 160), to: &meter)
        Self.feed(Self.noise(rateHz: 16_000, seconds: 2), to: &meter)
        let first = try #require(Self.end(&meter))
        Self.feed(Self.noise(rateHz: 16_000, seconds: 1).map { $0 * 0.001 }, to: &meter)
        let second = try #require(Self.end(&meter))
        #expect(first.interval == .zero..<SampleTime(32_160))
        #expect(second.interval == SampleTime(32_160)..<SampleTime(48_160))
        #expect(second.measuredSamples == 16_000)
        #expect(first.peak == 0)
        #expect(second.peak < -60)
        #expect(first.clippedSamples == 160)
        #expect(second.clippedSamples == 0)
        #expect(abs(second.rootMeanSquare - second.equivalentZ) < 0.01)
        #expect(Self.end(&meter) == nil)
    }

    @Test func fullScaleSquareWaveIsZeroAndClipped() throws {
        let measured = try Self.statistics(of: (0..<16_000).map { $0 % 2 == 0 ? 1 : -1 })
        #expect(measured.rootMeanSquare == 0)
        #expect(measured.peak == 0)
        #expect(measured.clippedSamples == 16_000)
    }

    @Test func fullScaleSineIsThreeDecibelsLowerInEveryWeightingAtOneKilohertz() throws {
        let sine = (0..<32_000).map { Float(sin(2 * Double.pi * 1_000 * Double($0) / 16_000)) }
        let measured = try Self.statistics(of: sine)
        for level in [
            measured.rootMeanSquare, measured.equivalentA, measured.equivalentC,
            measured.equivalentZ, measured.exceededFor50Percent,
        ] {
            #expect(abs(level + 3.0103) < 0.02)
        }
    }

    @Test func negativePeakAndLargestSixteenBitCodeCount() throws {
        let measured = try Self.statistics(of: [
            0.1, -32_767 / 32_768, 32_766 / 32_768, -0.5, 0, 0, 0, 0, 1,
        ])
        #expect(measured.clippedSamples == 2)
        #expect(measured.peak == 0)
        let half = try Self.statistics(of: [0.1, -0.5])
        #expect(half.peak == Decibels.level(ofMeanSquare: Float(0.25)))
    }

    @Test func constantOffsetIsNoSound() throws {
        let measured = try Self.statistics(of: [Float](repeating: 0.1, count: 32_000))
        #expect(abs(measured.rootMeanSquare + 20) < 0.001)
        #expect(measured.equivalentZ < -120)
        #expect(measured.equivalentA < -120)
        #expect(measured.maximum < -120)
    }

    @Test func digitalSilenceIsMinusInfinity() throws {
        let minute = try Self.statistics(of: [Float](repeating: 0, count: 32_000))
        for level in [
            minute.equivalentA, minute.equivalentC, minute.equivalentZ, minute.maximum,
            minute.exceededFor90Percent, minute.rootMeanSquare, minute.peak,
        ] {
            #expect(level == -.infinity)
        }
    }

    @Test func levelsDecayAsTheStandardSays() {
        var meter = SoundLevelMeter(settings: Self.settings(.z), sampleRateHz: 8_000)
        Self.feed((0..<80_000).map { $0 % 2 == 0 ? 1 : -1 }, to: &meter)
        let loud = meter.takeReading()
        Self.feed([Float](repeating: 0, count: 8_000), to: &meter)
        let quiet = meter.takeReading()
        #expect(abs(loud.fastDBFS - quiet.fastDBFS - 34.7) < 0.1)
        #expect(abs(loud.slowDBFS - quiet.slowDBFS - 4.3) < 0.1)
        #expect(loud.peakDBFS == 0)
        #expect(quiet.peakDBFS == -.infinity)
    }

    @Test func lostSamplesCountNeitherAsSoundNorAsSilence() throws {
        var meter = SoundLevelMeter(settings: Self.settings(.z), sampleRateHz: 4_000)
        let wave: [Float] = (0..<40_000).map { $0 % 2 == 0 ? 1 : -1 }
        Self.feed(wave, to: &meter)
        meter.skip(to: SampleTime(80_000))
        Self.feed(wave, to: &meter)
        let minute = try #require(Self.end(&meter))
        #expect(minute.interval == .zero..<SampleTime(120_000))
        #expect(minute.measuredSamples == 80_000)
        #expect(abs(minute.equivalentZ) < 0.01)
        #expect(minute.exceededFor90Percent > -0.1)
    }

    @Test func nothingMeasuredHasNoStatistics() {
        var meter = SoundLevelMeter(sampleRateHz: 4_000)
        #expect(Self.end(&meter) == nil)
        meter.skip(to: SampleTime(1_000))
        #expect(Self.end(&meter) == nil)
        Self.feed([Float](repeating: 1, count: 400), to: &meter)
        #expect(Self.end(&meter)?.interval == SampleTime(1_000)..<SampleTime(1_400))
    }

    @Test func sampleThatIsNoNumberDoesNotStayInTheFilters() {
        var meter = SoundLevelMeter(sampleRateHz: 16_000)
        Self.feed([.nan, .infinity], to: &meter)
        Self.feed(Self.noise(rateHz: 16_000, seconds: 1), to: &meter)
        let reading = meter.takeReading()
        #expect(reading.fastDBFS > -60)
        let measured = meter.endInterval()
        #expect(measured?.equivalentA.isFinite == true)
        #expect(measured?.rootMeanSquare.isFinite == true)
        #expect(measured?.peak.isFinite == true)
    }
}
