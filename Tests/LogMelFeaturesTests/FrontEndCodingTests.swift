import Foundation
import Testing
import Yams

@testable import LogMelFeatures

@Suite struct FrontEndCodingTests {
    private func decode(_ json: String) throws -> FrontEnd {
        try JSONDecoder().decode(FrontEnd.self, from: Data(json.utf8))
    }

    private func message(_ json: String) -> String? {
        do {
            _ = try decode(json)
            return nil
        } catch let error as FrontEndError {
            return error.description
        } catch {
            return "\(error)"
        }
    }

    @Test func everyFrontEndSurvivesWritingAndReading() throws {
        var all = FeatureExtractorTests.frontEnds.map(\.1)
        for normalisation: Normalisation in [
            .global(mean: 0.25, deviation: 3), .perPatch(deviationFloor: 0.01),
            .perBand(
                mean: Array(repeating: -1.7958946, count: 64),
                deviation: Array(repeating: 4.390069, count: 64)
            ),
        ] {
            var frontEnd = FrontEnd()
            frontEnd.normalisation = normalisation
            all.append(frontEnd)
        }
        for frontEnd in all {
            let data = try JSONEncoder().encode(frontEnd)
            #expect(try JSONDecoder().decode(FrontEnd.self, from: data) == frontEnd)
        }
    }

    @Test func emptyDescriptionIsTheDefault() throws {
        #expect(try decode("{}") == FrontEnd())
    }

    @Test func lastTriangleEndsAtHalfTheSampleRateUnlessStated() throws {
        #expect(try decode(#"{"sample_rate_hz": 44100}"#).maximumFrequencyHz == 22_050)
    }

    @Test func keysStandOverThePreset() throws {
        var expected = Preset.yamnet.frontEnd
        expected.hopLength = 80
        expected.compression = .logOffset(0.01)
        let found = try decode(
            """
            {"preset": "yamnet", "hop_length": 80,
             "compression": {"kind": "ln_offset", "offset": 0.01}}
            """
        )
        #expect(found == expected)
    }

    @Test func bootstrapDescriptionReadsAsItsPreset() throws {
        let found = try decode(
            """
            {"sample_rate_hz": 16000, "window": "hann_periodic", "window_length": 400,
             "fft_length": 512, "hop_length": 160, "framing": "inside", "spectrum": "power",
             "mel_scale": "htk", "mel_normalisation": "peak", "mel_triangles": "hertz",
             "band_count": 64, "min_frequency_hz": 60, "max_frequency_hz": 7800,
             "compression": {"kind": "ln_offset", "offset": 1e-6}}
            """
        )
        #expect(found == Preset.earwitness.frontEnd)
    }

    @Test func referenceOfDecibelsIsANumberOrTheMaximum() throws {
        let maximum = try decode(#"{"compression": {"kind": "decibel", "reference": "max"}}"#)
        #expect(maximum.compression == .decibel(DecibelScale(reference: .patchMaximum)))
        let number = try decode(#"{"compression": {"kind": "log10", "reference": 0.5}}"#)
        #expect(number.compression == .log10(DecibelScale(reference: .value(0.5))))
        #expect(
            message(#"{"compression": {"kind": "decibel", "reference": "loudest"}}"#)
                == "front_end.compression.reference has the wrong type; "
                + "give a number or max."
        )
    }

    @Test func misspeltKeyIsRefusedWithTheNearestOne() {
        #expect(
            message(#"{"hop_lenght": 160}"#)
                == "front_end.hop_lenght is not a key; did you mean 'hop_length'?"
        )
        #expect(
            message(#"{"compression": {"kind": "none", "ofset": 1}}"#)
                == "front_end.compression.ofset is not a key; did you mean 'offset'?"
        )
    }

    @Test func unknownKeyIsRefusedWithTheKnownOnes() {
        let message = self.message(#"{"normalisation": {"kind": "none", "zzz": 1}}"#)
        #expect(
            message
                == "front_end.normalisation.zzz is not a key; "
                + "known keys: kind, mean, deviation, deviation_floor."
        )
    }

    @Test func unknownChoiceIsRefusedWithTheKnownOnes() {
        #expect(
            message(#"{"mel_scale": "bark"}"#)
                == "front_end.mel_scale is 'bark'; give one of htk, slaney."
        )
        #expect(
            message(#"{"preset": "vggish"}"#)
                == "front_end.preset is 'vggish'; give one of earwitness, librosa, "
                + "htk, kaldi, yamnet, panns, mel128, urban."
        )
    }

    @Test func wrongTypeIsRefusedWithTheRightOne() {
        #expect(
            message(#"{"hop_length": "160"}"#)
                == "front_end.hop_length has the wrong type; give a whole number."
        )
        #expect(
            message(#"{"compression": "ln"}"#)
                == "front_end.compression has the wrong type; "
                + "give a mapping of keys to values."
        )
    }

    /// Models are described in YAML, where every scalar can be read as a string.
    @Test func descriptionInYAMLReadsAsInJSON() throws {
        let found = try YAMLDecoder().decode(
            FrontEnd.self,
            from: """
                preset: librosa
                sample_scale: 2
                window: povey
                remove_frame_mean: true
                max_frequency_hz: 1.1e+4
                compression:
                  kind: decibel
                  floor: 1e-10
                  reference: max
                normalisation:
                  kind: global
                  mean: -40
                  deviation: 20.5
                """
        )
        var expected = Preset.librosa.frontEnd
        expected.sampleScale = 2
        expected.window = .povey
        expected.removesFrameMean = true
        expected.maximumFrequencyHz = 11_000
        expected.compression = .decibel(DecibelScale(reference: .patchMaximum))
        expected.normalisation = .global(mean: -40, deviation: 20.5)
        #expect(found == expected)
        let written = try YAMLEncoder().encode(found)
        #expect(try YAMLDecoder().decode(FrontEnd.self, from: written) == expected)
    }

    @Test func mistakesInYAMLKeepTheirMessages() throws {
        for (yaml, message) in [
            ("hop_lenght: 160", "front_end.hop_lenght is not a key; did you mean 'hop_length'?"),
            (
                "compression: {kind: pcen, start: warm}",
                "front_end.compression.start is 'warm'; give one of one, first_frame."
            ),
            (
                "band_count: many",
                "front_end.band_count has the wrong type; give a whole number."
            ),
        ] {
            let node = try #require(try Yams.compose(yaml: yaml))
            let error = #expect(throws: FrontEndError.self) {
                try YAMLDecoder().decode(FrontEnd.self, from: node)
            }
            #expect(error?.description == message)
        }
    }

    @Test func missingParameterIsAskedFor() {
        #expect(
            message(#"{"compression": {"kind": "ln_offset"}}"#)
                == "front_end.compression.offset is missing; give a number above 0."
        )
        #expect(
            message(#"{"normalisation": {"kind": "per_band", "mean": [0]}}"#)
                == "front_end.normalisation.deviation is missing; "
                + "give a list with a number for each band."
        )
    }
}
