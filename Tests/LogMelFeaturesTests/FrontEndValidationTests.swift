import Testing

@testable import LogMelFeatures

@Suite struct FrontEndValidationTests {
    private func message(_ change: (inout FrontEnd) -> Void) -> String? {
        var frontEnd = FrontEnd()
        change(&frontEnd)
        do throws(FrontEndError) {
            try frontEnd.validate()
            return nil
        } catch {
            return error.description
        }
    }

    @Test(arguments: Preset.allCases)
    func everyPresetIsValid(_ preset: Preset) throws {
        try preset.frontEnd.validate()
    }

    @Test func wrongNumberIsNamedWithWhatIsAllowed() {
        #expect(
            message { $0.hopLength = 0 }
                == "front_end.hop_length is 0; give 1 to 1048576."
        )
        #expect(
            message { $0.sampleRateHz = 16 }
                == "front_end.sample_rate_hz is 16; give 1000 to 768000."
        )
        #expect(
            message { $0.windowLength = 513 }
                == "front_end.window_length is 513; give 2 to fft_length, which is 512."
        )
        #expect(
            message { $0.fftLength = 511 }
                == "front_end.fft_length is 511; give an even number, 4 to 65536."
        )
        #expect(
            message { $0.maximumFrequencyHz = 9_000 }
                == "front_end.max_frequency_hz is 9000.0; "
                + "give above 0 and up to half the sample rate, 8000.0."
        )
        #expect(
            message { $0.normalisation = .perBand(mean: [0], deviation: [1]) }
                == "front_end.normalisation.mean is a list of 1; "
                + "give a list of 64 numbers, one per band."
        )
        #expect(
            message {
                $0.representation = .waveform
                $0.compression = .cubeRoot
            }
                == "front_end.compression.kind is cube_root; "
                + "give none with representation: waveform."
        )
    }

    /// A change, and the field that must be named.
    static let mistakes: [(String, @Sendable (inout FrontEnd) -> Void)] = [
        ("sample_scale", { $0.sampleScale = 0 }),
        ("sample_scale", { $0.sampleScale = .nan }),
        ("pre_emphasis", { $0.preEmphasis = 1 }),
        ("pre_emphasis", { $0.preEmphasis = .nan }),
        ("channel_count", { $0.channelCount = 0 }),
        ("band_count", { $0.melBandCount = 0 }),
        ("band_count", { $0.melBandCount = 258 }),
        ("min_frequency_hz", { $0.minimumFrequencyHz = -1 }),
        ("min_frequency_hz", { $0.minimumFrequencyHz = 8_000 }),
        ("min_frequency_hz", { $0.minimumFrequencyHz = .nan }),
        ("max_frequency_hz", { $0.maximumFrequencyHz = .nan }),
        ("compression.offset", { $0.compression = .logOffset(0) }),
        ("compression.floor", { $0.compression = .logFloor(-1) }),
        ("compression.floor", { $0.compression = .decibel(DecibelScale(floor: 0)) }),
        ("compression.reference", { $0.compression = .log10(DecibelScale(reference: .value(0))) }),
        ("compression.top_db", { $0.compression = .decibel(DecibelScale(topDecibels: 0)) }),
        ("compression.gain", { $0.compression = .pcen(pcen { $0.gain = -1 }) }),
        ("compression.bias", { $0.compression = .pcen(pcen { $0.bias = .infinity }) }),
        ("compression.power", { $0.compression = .pcen(pcen { $0.power = 0 }) }),
        (
            "compression.time_constant_s",
            { $0.compression = .pcen(pcen { $0.timeConstantSeconds = 0 }) }
        ),
        ("compression.epsilon", { $0.compression = .pcen(pcen { $0.epsilon = 0 }) }),
        ("normalisation.mean", { $0.normalisation = .global(mean: .nan, deviation: 1) }),
        ("normalisation.deviation", { $0.normalisation = .global(mean: 0, deviation: 0) }),
        (
            "normalisation.deviation[3]",
            {
                var deviation = Array(repeating: Float(1), count: 64)
                deviation[3] = 0
                $0.normalisation = .perBand(
                    mean: Array(repeating: 0, count: 64),
                    deviation: deviation
                )
            }
        ),
        ("normalisation.deviation_floor", { $0.normalisation = .perPatch(deviationFloor: 0) }),
    ]

    private static func pcen(_ change: (inout PCENSettings) -> Void) -> PCENSettings {
        var settings = PCENSettings()
        change(&settings)
        return settings
    }

    @Test(arguments: mistakes.indices)
    func mistakeIsFoundInItsField(_ index: Int) throws {
        let (field, change) = Self.mistakes[index]
        let found = try #require(message(change), "\(field) was accepted")
        #expect(found.hasPrefix("front_end.\(field) is "), "\(found)")
    }
}
