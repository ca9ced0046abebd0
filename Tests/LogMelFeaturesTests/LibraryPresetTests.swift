import Testing

@testable import LogMelFeatures

/// Presets and options, each against the library that it imitates.
@Suite struct LibraryPresetTests {
    static let fixtures: [LibraryFixture] = [
        LibraryFixture("librosa", .librosa),
        LibraryFixture("librosa_reference_max", .librosa) {
            $0.compression = .decibel(DecibelScale(reference: .patchMaximum, topDecibels: 60))
        },
        LibraryFixture("htk", .htk),
        LibraryFixture("htk_area", .htk) { $0.melNormalisation = .area },
        LibraryFixture("kaldi", .kaldi),
        LibraryFixture("kaldi_whole", .kaldi) { $0.framing = .hopCentred },
        LibraryFixture("kaldi_htk", .kaldi) {
            $0.removesFrameMean = false
            $0.window = .hammingSymmetric
            $0.spectrum = .magnitude
            $0.melBandCount = 26
            $0.minimumFrequencyHz = 0
        },
        LibraryFixture("yamnet", .yamnet),
        LibraryFixture("panns", .panns),
        LibraryFixture("mel128", .mel128),
        LibraryFixture("urban", .urban),
        LibraryFixture("pcen", .librosa) {
            $0.sampleScale = 0x1p31
            $0.spectrum = .magnitude
            $0.compression = .pcen(PCENSettings())
        },
        LibraryFixture("stft_320_32", .earwitness) {
            $0.representation = .stft
            $0.windowLength = 320
            $0.fftLength = 320
            $0.hopLength = 32
            $0.spectrum = .magnitude
            $0.compression = .none
        },
        LibraryFixture("amplitude_db", .librosa) {
            $0.representation = .stft
            $0.sampleRateHz = 16_000
            $0.windowLength = 400
            $0.fftLength = 512
            $0.hopLength = 160
            $0.padding = .edge
            $0.spectrum = .magnitude
            $0.compression = .decibel(DecibelScale(floor: 1e-5))
        },
    ]

    @Test(arguments: fixtures)
    func featuresEqualTheLibrarys(_ fixture: LibraryFixture) throws {
        let reference = try LibraryFixture.array(fixture.name)
        let features = try fixture.features()
        #expect(reference.shape.last == fixture.frontEnd.bandCount)
        let difference = try reference.difference(from: features)
        let share = difference.maximum / difference.range
        #expect(
            share <= fixture.tolerance,
            "\(fixture.name) differs by \(share) of its range"
        )
        print("\(fixture.name): largest difference \(difference.maximum), \(share) of the range")
    }

    @Test func everyPresetHasAFixture() {
        let presets = Set(Preset.allCases.map(\.rawValue)).subtracting(["earwitness"])
        #expect(presets.isSubset(of: Set(Self.fixtures.map(\.name))))
    }
}
