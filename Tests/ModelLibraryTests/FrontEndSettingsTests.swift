import Detection
import Foundation
import LogMelFeatures
import Settings
import Testing

@testable import ModelLibrary

@Suite struct FrontEndSettingsTests {
    private func read(_ yaml: String) throws -> (frontEnd: FrontEnd?, problems: [String]) {
        var reading = DocumentReading()
        let node = try YAMLReader.read(yaml, file: "f.yaml", reading: &reading)
        let frontEnd = ModelDescription.readFrontEnd(node, path: "front_end", reading: &reading)
        return (frontEnd, reading.problems.map(\.description))
    }

    private func problem(_ yaml: String) throws -> String? {
        let found = try read(yaml)
        #expect(found.problems.count == 1 && found.frontEnd == nil)
        return found.problems.first
    }

    @Test func everyFrontEndSurvivesWritingAndReading() throws {
        var all = Preset.allCases.map(\.frontEnd)
        let compressions: [Compression] = [
            .none, .logOffset(1e-6), .logFloor(.ulpOfOne), .cubeRoot, .pcen(PCENSettings()),
            .log10(DecibelScale(floor: 1e-10, reference: .value(0.5), topDecibels: 80)),
            .decibel(DecibelScale(reference: .patchMaximum)),
        ]
        let normalisations: [Normalisation] = [
            .none, .global(mean: 0.25, deviation: 3), .perPatch(deviationFloor: 0.01),
            .perBand(
                mean: Array(repeating: -1.7958946, count: 64),
                deviation: Array(repeating: 4.390069, count: 64)
            ),
        ]
        for compression in compressions {
            for normalisation in normalisations {
                var frontEnd = FrontEnd()
                frontEnd.sampleScale = 32_768
                frontEnd.preEmphasis = 0.97
                frontEnd.removesFrameMean = true
                frontEnd.compression = compression
                frontEnd.normalisation = normalisation
                all.append(frontEnd)
            }
        }
        for frontEnd in all {
            let text = String(decoding: try JSONEncoder().encode(frontEnd), as: UTF8.self)
            let found = try read(text)
            #expect(found.problems.isEmpty, "\(found.problems)")
            #expect(found.frontEnd == frontEnd)
        }
    }

    @Test func emptyDescriptionIsTheDefault() throws {
        #expect(try read("").frontEnd == FrontEnd())
        #expect(try read("{}").frontEnd == FrontEnd())
    }

    @Test func lastTriangleEndsAtHalfTheSampleRateUnlessStated() throws {
        #expect(try read("sample_rate_hz: 44100").frontEnd?.maximumFrequencyHz == 22_050)
    }

    @Test func keysStandOverThePreset() throws {
        var expected = Preset.yamnet.frontEnd
        expected.hopLength = 80
        expected.compression = .logOffset(0.01)
        let found = try read(
            """
            hop_length: 80
            compression: {kind: ln_offset, offset: 0.01}
            preset: yamnet
            """
        )
        #expect(found.frontEnd == expected)
    }

    @Test func aDescriptionInFullReadsAsItsPreset() throws {
        let found = try read(
            """
            {"sample_rate_hz": 16000, "window": "hann_periodic", "window_length": 400,
             "fft_length": 512, "hop_length": 160, "framing": "inside", "spectrum": "power",
             "mel_scale": "htk", "mel_normalisation": "peak", "mel_triangles": "hertz",
             "band_count": 64, "min_frequency_hz": 60, "max_frequency_hz": 7800,
             "compression": {"kind": "ln_offset", "offset": 1e-6}}
            """
        )
        #expect(found.frontEnd == Preset.earwitness.frontEnd)
    }

    @Test func everyKindOfValueIsRead() throws {
        let found = try read(
            """
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
        #expect(found.frontEnd == expected)
        let number = try read("compression: {kind: log10, reference: 0.5}").frontEnd
        #expect(number?.compression == .log10(DecibelScale(reference: .value(0.5))))
    }

    @Test(arguments: [
        ("hop_lenght: 160", "1:1: front_end.hop_lenght: found an unknown key, allowed: preset, "),
        (
            "compression: {kind: none, ofset: 1}",
            "1:27: front_end.compression.ofset: found an unknown key, allowed: kind, offset, "
        ),
        ("mel_scale: bark", "1:12: front_end.mel_scale: found 'bark', allowed: htk or slaney"),
        (
            "preset: vggish",
            "1:9: front_end.preset: found 'vggish', allowed: earwitness, librosa, htk, "
        ),
        (
            "hop_length: \"160\"",
            "1:13: front_end.hop_length: found the text \"160\", allowed: a whole number from 1 to "
                + "1048576; remove the quotes"
        ),
        (
            "compression: ln",
            "1:14: front_end.compression: found 'ln', allowed: a section with kind, offset, "
        ),
        (
            "compression: {kind: decibel, reference: loudest}",
            "1:41: front_end.compression.reference: found 'loudest', allowed: a number above 0 or "
                + "max"
        ),
        (
            "compression: {kind: pcen, start: warm}",
            "1:34: front_end.compression.start: found 'warm', allowed: one or first_frame"
        ),
        (
            "layout: frames_by_bands\ncompression: {kind: ln_offset}",
            "2:1: front_end.compression.offset: found nothing, allowed: a number above 0; add the "
                + "key 'offset' to this section"
        ),
        (
            "compression: {offset: 1}",
            "1:1: front_end.compression.kind: found nothing, allowed: none, ln_offset, "
        ),
        (
            "normalisation: {kind: per_band, mean: [0]}",
            "1:1: front_end.normalisation.deviation: found nothing, allowed: a list with a number "
                + "for each band; add the key 'deviation' to this section"
        ),
        (
            "normalisation: {kind: global, mean: [0, 1], deviation: 1}",
            "1:37: front_end.normalisation.mean: found a list, allowed: a number, since kind is "
                + "global"
        ),
        (
            "fft_length: 512\nwindow_length: 513",
            "2:16: front_end.window_length: found 513, allowed: 2 to fft_length, which is 512"
        ),
    ])
    func aMistakeIsRefusedAtItsPlace(yaml: String, expected: String) throws {
        let found = try problem(yaml)
        #expect(found?.hasPrefix("f.yaml:\(expected)") == true, "\(found ?? "")")
    }

    @Test func aMisspeltKeyIsAnsweredWithTheNearestOne() throws {
        #expect(try problem("hop_lenght: 1")?.hasSuffix("did you mean 'hop_length'?") == true)
    }
}

/// A key, choice or preset that docs/front-ends.md does not mention is a failure.
@Suite struct FrontEndDocumentationTests {
    private let page: String

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        page = try String(contentsOf: root.appending(path: "docs/front-ends.md"), encoding: .utf8)
    }

    private func expectDocumented<Name: CaseIterable & RawRepresentable<String>>(_: Name.Type) {
        for name in Name.allCases {
            #expect(page.contains("`\(name.rawValue)`"), "\(name.rawValue) of \(Name.self)")
        }
    }

    @Test func everyKeyIsDocumented() {
        let keys = FrontEndSection.settings.descriptions(defaults: FrontEndSection(FrontEnd()))
            .compactMap { $0.key.split(separator: ".").last }
        #expect(keys.count > 30)
        for key in keys { #expect(page.contains("`\(key)`"), "\(key)") }
    }

    @Test func everyChoiceIsDocumented() {
        expectDocumented(Preset.self)
        expectDocumented(Representation.self)
        expectDocumented(WindowShape.self)
        expectDocumented(WindowPlacement.self)
        expectDocumented(Framing.self)
        expectDocumented(EdgePadding.self)
        expectDocumented(SpectrumKind.self)
        expectDocumented(MelScale.self)
        expectDocumented(MelNormalisation.self)
        expectDocumented(TriangleAxis.self)
        expectDocumented(PatchLayout.self)
        expectDocumented(Compression.Kind.self)
        expectDocumented(NormalisationSection.Kind.self)
        expectDocumented(PCENSettings.Start.self)
    }

    @Test func exampleOfThePageIsAValidFrontEnd() throws {
        let example = try #require(page.firstMatch(of: #/```yaml\nfront_end:\n([\s\S]*?)```/#)).1
        var reading = DocumentReading()
        let node = try YAMLReader.read(String(example), file: "page", reading: &reading)
        let found = ModelDescription.readFrontEnd(node, path: "front_end", reading: &reading)
        let frontEnd = try #require(found, "\(reading.problems)")
        #expect(frontEnd.maximumFrequencyHz == 7_800)
        #expect(frontEnd.normalisation == .global(mean: -3, deviation: 4.4))
    }
}

/// Holds the documentation of `model.yaml` against the table by which it is read.
@Suite struct ModelDocumentationTests {
    @Test func everyKeyHasItsRowInTheDocumentationAndNoRowIsLeftOver() throws {
        try compare(
            ModelDescription.settings.descriptions(defaults: ModelDescription()),
            with: "docs/models.md"
        )
    }

    @Test func everyKeyOfACadenceAndOfATuneHasItsRowToo() throws {
        try compare(
            Cadence.settings.descriptions(defaults: Cadence())
                + Tune.settings.descriptions(defaults: Tune()),
            with: "docs/alarms.md"
        )
    }

    private func compare(_ descriptions: [SettingDescription], with page: String) throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: root.appendingPathComponent(page), encoding: .utf8)
        let found = Set(text.split(separator: "\n").map(String.init).filter { $0.hasPrefix("| `") })
        let expected = Set(descriptions.map { "| `\($0.key)` | \($0.allowed) | \($0.summary) |" })
        for row in expected.subtracting(found).sorted() {
            Issue.record("\(page) lacks this row:\n\(row)")
        }
        for row in found.subtracting(expected).sorted() {
            Issue.record("\(page) has this row, the program does not:\n\(row)")
        }
    }
}
