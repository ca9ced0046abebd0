import Glibc
import Testing

@testable import Detection

@Suite struct SoundLevelMeterTests {
    /// The noise of `make_sound_levels.py`.
    private static func noise(rateHz: Int, seconds: Int) -> [Float] {
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
    ) -> [SoundLevelStatistics] {
        var meter = meter
        var minutes: [SoundLevelStatistics] = []
        for start in stride(from: 0, to: samples.count, by: chunk) {
            let end = min(start + chunk, samples.count)
            meter.process(samples.span.extracting(start..<end), appendingTo: &minutes)
        }
        if let last = meter.finish() {
            minutes.append(last)
        }
        return minutes
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
            let measured = try #require(Self.statistics(of: samples, meter).first)
            // White noise is the hardest case for a filter that is off near half the rate.
            let tolerance = frequency == .z ? 0.001 : 0.25
            for (column, value) in [
                ("equivalent_dbfs", measured.equivalent), ("maximum_dbfs", measured.maximum),
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
        let meter = SoundLevelMeter(settings: Self.settings(.a), sampleRateHz: 16_000)
        let whole = Self.statistics(of: samples, meter, chunk: samples.count)
        for chunk in [7, 160, 1_001] {
            #expect(Self.statistics(of: samples, meter, chunk: chunk) == whole)
        }
    }

    @Test func minutesEndAtTheirBoundaries() {
        let samples = [Float](repeating: 0.1, count: 4_000 * 130)
        let meter = SoundLevelMeter(
            settings: Self.settings(.z),
            sampleRateHz: 4_000,
            minuteBoundary: SampleTime(4_000 * 600 + 40_000)
        )
        let minutes = Self.statistics(of: samples, meter)
        #expect(minutes.map(\.interval.lowerBound.index) == [0, 40_000, 280_000])
        #expect(minutes.map(\.interval.upperBound.index) == [40_000, 280_000, 520_000])
        #expect(minutes.map(\.measuredSamples) == [40_000, 240_000, 240_000])
    }

    @Test func calibrationIsAddedToEveryLevel() throws {
        let samples = Self.noise(rateHz: 16_000, seconds: 2)
        var settings = Self.settings(.a)
        let plain = SoundLevelMeter(settings: settings, sampleRateHz: 16_000)
        settings.fullScaleSoundPressureDB = 120
        let calibrated = SoundLevelMeter(settings: settings, sampleRateHz: 16_000)
        let dBFS = try #require(Self.statistics(of: samples, plain).first)
        let spl = try #require(Self.statistics(of: samples, calibrated).first)
        #expect(abs(spl.equivalent - dBFS.equivalent - 120) < 1e-4)
        #expect(abs(spl.maximum - dBFS.maximum - 120) < 1e-4)
        #expect(abs(spl.exceededFor10Percent - dBFS.exceededFor10Percent - 120) < 1e-4)
        #expect(abs(spl.exceededFor90Percent - dBFS.exceededFor90Percent - 120) < 1e-4)
    }

    @Test func digitalSilenceIsMinusInfinity() throws {
        let meter = SoundLevelMeter(settings: Self.settings(.a), sampleRateHz: 16_000)
        let silence = [Float](repeating: 0, count: 32_000)
        let minute = try #require(Self.statistics(of: silence, meter).first)
        #expect(minute.equivalent == -.infinity)
        #expect(minute.maximum == -.infinity)
        #expect(minute.exceededFor90Percent == -.infinity)
    }

    @Test(arguments: [(TimeWeighting.fast, 34.7), (.slow, 4.3)])
    func levelDecaysAsTheStandardSays(time: TimeWeighting, decibelsPerSecond: Double) {
        var meter = SoundLevelMeter(settings: Self.settings(.z, time), sampleRateHz: 8_000)
        var minutes: [SoundLevelStatistics] = []
        meter.process([Float](repeating: 1, count: 80_000).span, appendingTo: &minutes)
        #expect(abs(meter.level) < 0.01)
        meter.process([Float](repeating: 0, count: 8_000).span, appendingTo: &minutes)
        #expect(abs(Double(meter.level) + decibelsPerSecond) < 0.1)
    }

    @Test func lostSamplesCountNeitherAsSoundNorAsSilence() throws {
        var meter = SoundLevelMeter(settings: Self.settings(.z), sampleRateHz: 4_000)
        var minutes: [SoundLevelStatistics] = []
        let ones = [Float](repeating: 1, count: 40_000)
        meter.process(ones.span, appendingTo: &minutes)
        meter.skip(to: SampleTime(80_000), appendingTo: &minutes)
        meter.process(ones.span, appendingTo: &minutes)
        let last = meter.finish()
        let minute = try #require(last)
        #expect(minutes.isEmpty)
        #expect(minute.interval == .zero..<SampleTime(120_000))
        #expect(minute.measuredSamples == 80_000)
        #expect(minute.equivalent == 0)
        #expect(minute.exceededFor90Percent > -0.1)
    }

    @Test func minuteWithoutSamplesHasNoStatistics() {
        var meter = SoundLevelMeter(settings: Self.settings(.z), sampleRateHz: 4_000)
        var minutes: [SoundLevelStatistics] = []
        meter.process([Float](repeating: 1, count: 40_000).span, appendingTo: &minutes)
        meter.skip(to: SampleTime(240_000 * 5 + 1_000), appendingTo: &minutes)
        #expect(minutes.map(\.interval) == [.zero..<SampleTime(240_000)])
        #expect(minutes.map(\.measuredSamples) == [40_000])
        meter.process([Float](repeating: 1, count: 400).span, appendingTo: &minutes)
        #expect(meter.finish()?.interval == SampleTime(1_201_000)..<SampleTime(1_201_400))
        #expect(meter.finish() == nil)
    }

    @Test func sampleThatIsNoNumberDoesNotStayInTheFilters() {
        var meter = SoundLevelMeter(settings: Self.settings(.a), sampleRateHz: 16_000)
        var minutes: [SoundLevelStatistics] = []
        meter.process([Float.nan, .infinity].span, appendingTo: &minutes)
        meter.process(Self.noise(rateHz: 16_000, seconds: 1).span, appendingTo: &minutes)
        #expect(meter.level > -60)
        #expect(meter.finish()?.equivalent.isFinite == true)
    }
}
