import Foundation
import Testing

@testable import LogMelFeatures

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
