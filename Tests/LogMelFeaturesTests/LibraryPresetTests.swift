import Foundation
import NeuralNetwork
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

/// Features that another library computed of the test signal.
struct LibraryFixture: Sendable, CustomTestStringConvertible {
    /// Name of the `.npy` file and of its entry in `fixtures.json`.
    let name: String
    /// Our front end that should give the same.
    let frontEnd: FrontEnd
    /// Largest difference that we promise, as a share of the reference's range.
    let tolerance: Float

    init(
        _ name: String,
        _ preset: Preset,
        tolerance: Float = 1e-4,
        _ change: (inout FrontEnd) -> Void = { _ in }
    ) {
        var frontEnd = preset.frontEnd
        change(&frontEnd)
        self.name = name
        self.frontEnd = frontEnd
        self.tolerance = tolerance
    }

    var testDescription: String { name }

    private struct Description: Decodable {
        let rateHz: Int
        let seconds: Double
        let sampleSum: Int

        enum CodingKeys: String, CodingKey {
            case rateHz = "rate_hz"
            case seconds
            case sampleSum = "sample_sum"
        }
    }

    /// Path of a file among the fixtures.
    static func path(_ file: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Fixtures/\(file)").path
    }

    static func array(_ name: String) throws -> ReferenceArray {
        try ReferenceArray(path: path("\(name).npy"))
    }

    /// The samples of which the features were computed.
    func signal() throws -> [Float] {
        let file = try #require(FileManager.default.contents(atPath: Self.path("fixtures.json")))
        let fixtures = try JSONDecoder().decode([String: Description].self, from: file)
        let fixture = try #require(fixtures[name], "\(name) is not in fixtures.json")
        let integers = TestSignal.integers(rateHz: fixture.rateHz, seconds: fixture.seconds)
        try #require(integers.reduce(0, +) == fixture.sampleSum, "not the signal of the fixture")
        return integers.map { Float($0) / 32_768 }
    }

    /// Our features of the whole signal taken as one patch.
    func features() throws -> [Float] {
        let frames = try FeatureExtractor.features(of: signal(), frontEnd)
        var frontEnd = frontEnd
        frontEnd.layout = .framesByBands
        frontEnd.channelCount = 1
        var patch = Array(repeating: Float(0), count: frames.count)
        var span = patch.mutableSpan
        try PatchNormalizer(frontEnd).prepare(frames.span, into: &span)
        return patch
    }
}

/// Floats that another program computed.
struct ReferenceArray {
    let shape: [Int]
    let values: [Float]

    /// Reads an `.npy` file of float32.
    init(path: String) throws {
        let array = try NPYArray(path: path)
        shape = array.shape
        values = try #require(array.floats, "\(path) holds no floats")
    }

    /// Largest distance between two arrays, and the span of the reference's values.
    func difference(from values: [Float]) throws -> (maximum: Float, range: Float) {
        try #require(values.count == self.values.count, "another number of values")
        let maximum = zip(self.values, values).map { abs($0 - $1) }.reduce(0, max)
        let least = self.values.min() ?? 0
        let greatest = self.values.max() ?? 0
        return (maximum, greatest - least)
    }
}
