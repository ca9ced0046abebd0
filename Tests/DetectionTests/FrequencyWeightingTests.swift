import Glibc
import Testing

@testable import Detection

@Suite struct FrequencyWeightingTests {
    /// How far a weighting's filter is from the design goal, in dB.
    private static func deviation(
        of weighting: FrequencyWeighting,
        atHz frequencyHz: Double,
        sampleRateHz: Int
    ) -> Double {
        let magnitude = weighting.sections(sampleRateHz: sampleRateHz).reduce(1) {
            $0 * $1.magnitude(atHz: frequencyHz, sampleRateHz: Double(sampleRateHz))
        }
        return 20 * log10(magnitude) - weighting.designGoalDB(atHz: frequencyHz)
    }

    @Test func designGoalsAreTheStandards() throws {
        for row in try Fixture.rows(of: "weightings.csv") {
            let frequencyHz = try Fixture.number("frequency_hz", of: row)
            for (weighting, column) in [(FrequencyWeighting.a, "a"), (.c, "c")] {
                let goal = weighting.designGoalDB(atHz: frequencyHz)
                #expect(abs(goal - (try Fixture.number("\(column)_db", of: row))) < 0.01)
                #expect(abs(goal - (try Fixture.number("\(column)_table_db", of: row))) < 0.051)
            }
            #expect(FrequencyWeighting.z.designGoalDB(atHz: frequencyHz) == 0)
        }
    }

    @Test(arguments: [8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000])
    func filtersMeetTheClass1LimitsFrom20HertzTo16Kilohertz(sampleRateHz: Int) throws {
        for row in try Fixture.rows(of: "weightings.csv") {
            let frequencyHz = try Fixture.number("frequency_hz", of: row)
            guard 19...16_000 ~= frequencyHz, frequencyHz < Double(sampleRateHz) / 2 else {
                continue
            }
            for weighting in FrequencyWeighting.allCases {
                let deviation = Self.deviation(
                    of: weighting,
                    atHz: frequencyHz,
                    sampleRateHz: sampleRateHz
                )
                #expect(deviation <= (try Fixture.number("upper_db", of: row)))
                #expect(deviation >= (try Fixture.number("lower_db", of: row)))
            }
        }
    }

    /// `docs/levels.md` says up to which third octave the filters hold at each rate.
    @Test func documentedRangesAreThoseOfTheFilters() throws {
        let rows = try Fixture.rows(of: "weightings.csv")
        let document = try Fixture.document("docs/levels.md")
        let documented = document.matches(of: /\n\| (\d+) Hz \| (\d+) Hz \|/)
        #expect(documented.count == 9)
        for match in documented {
            let sampleRateHz = try #require(Int(match.1))
            var highest = 0.0
            for row in rows {
                let frequencyHz = try Fixture.number("frequency_hz", of: row)
                guard frequencyHz > 19, 2 * frequencyHz < Double(sampleRateHz) else { continue }
                let isWithin = try FrequencyWeighting.allCases.allSatisfy { weighting in
                    let deviation = Self.deviation(
                        of: weighting,
                        atHz: frequencyHz,
                        sampleRateHz: sampleRateHz
                    )
                    return try deviation <= Fixture.number("upper_db", of: row)
                        && deviation >= Fixture.number("lower_db", of: row)
                }
                guard isWithin else { break }
                highest = try Fixture.number("nominal_hz", of: row)
            }
            #expect(Double(match.2) == highest, "\(sampleRateHz) Hz")
        }
    }

    @Test func filtersAt48KilohertzAreWithinThreeTenthsOfADecibelUpTo16Kilohertz() {
        for weighting in FrequencyWeighting.allCases {
            for step in 0...290 {
                let frequencyHz = 20 * pow(10, Double(step) / 100)
                let deviation = Self.deviation(
                    of: weighting,
                    atHz: frequencyHz,
                    sampleRateHz: 48_000
                )
                #expect(abs(deviation) < 0.31, "\(weighting) at \(frequencyHz) Hz")
            }
        }
    }

    @Test(arguments: FrequencyWeighting.allCases)
    func filterIsExactAtOneKilohertz(weighting: FrequencyWeighting) {
        for sampleRateHz in [8_000, 16_000, 44_100, 192_000] {
            let deviation = Self.deviation(
                of: weighting,
                atHz: 1000,
                sampleRateHz: sampleRateHz
            )
            #expect(abs(deviation) < 1e-9)
        }
    }

    @Test(arguments: [31.5, 125, 1000, 4000, 8000, 12_500])
    func sineThroughTheMeterHasTheWeightedLevel(frequencyHz: Double) throws {
        let samples = (0..<96_000).map {
            Float(0.5 * sin(2 * Double.pi * frequencyHz * Double($0) / 48_000))
        }
        for weighting in FrequencyWeighting.allCases {
            var settings = SoundLevelSettings()
            settings.frequencyWeighting = weighting
            var meter = SoundLevelMeter(settings: settings, sampleRateHz: 48_000)
            meter.process(samples.span)
            let expected = -9.0309 + weighting.designGoalDB(atHz: frequencyHz)
            let reading = meter.takeReading()
            #expect(abs(Double(reading.fastDBFS) - expected) < 0.31)
        }
    }

    /// What the program's own meter gives for a sine, of any frequency of the standard's table.
    @Test(arguments: [16_000, 44_100, 48_000, 96_000])
    func equivalentLevelsOfSinesAreWithinTheClass1Limits(sampleRateHz: Int) throws {
        for row in try Fixture.rows(of: "weightings.csv") {
            let frequencyHz = try Fixture.number("frequency_hz", of: row)
            guard 19...16_000 ~= frequencyHz, frequencyHz < Double(sampleRateHz) / 2 else {
                continue
            }
            var meter = SoundLevelMeter(sampleRateHz: sampleRateHz)
            let samples = (0..<2 * sampleRateHz).map {
                Float(0.5 * sin(2 * Double.pi * frequencyHz * Double($0) / Double(sampleRateHz)))
            }
            // The second second, so that the start is not in it.
            meter.process(samples.span.extracting(first: sampleRateHz))
            _ = meter.endInterval()
            meter.process(samples.span.extracting(last: sampleRateHz))
            let end = meter.endInterval()
            let measured = try #require(end)
            for (level, column) in [
                (measured.equivalentA, "a_db"), (measured.equivalentC, "c_db"),
                (measured.equivalentZ, nil),
            ] {
                let goal = try column.map { try Fixture.number($0, of: row) } ?? 0
                let deviation = Double(level) + 9.0309 - goal
                #expect(deviation <= (try Fixture.number("upper_db", of: row)))
                #expect(deviation >= (try Fixture.number("lower_db", of: row)))
            }
        }
    }
}
