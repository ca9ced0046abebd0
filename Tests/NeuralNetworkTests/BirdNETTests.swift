import Foundation
import NeuralNetwork
import TestSupport
import Testing

/// BirdNET's networks, which `fetch-birdnet` puts there where it can.
private enum BirdNETFiles {
    private static let folder = Checkout.folder.appendingPathComponent(".build/birdnet")

    static func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    static var areThere: Bool {
        FileManager.default.fileExists(atPath: path("Model_FP32.tflite"))
            && FileManager.default.fileExists(atPath: path("MData_Model_V2_FP16.tflite"))
    }
}

/// BirdNET 2.4 against LiteRT's answers in `Fixtures/birdnet.json`.
@Suite(
    .enabled(
        if: BirdNETFiles.areThere,
        "BirdNET is not there: run Tests/NeuralNetworkTests/fetch-birdnet"
    )
)
struct BirdNETTests {
    /// The greatest scores with their classes, and the sum of all.
    private struct Answer: Decodable {
        let indices: [Int]
        let scores: [Float]
        let sum: Double
    }

    private let answers: [String: Answer]

    init() throws {
        let file = Checkout.folder
            .appendingPathComponent("Tests/NeuralNetworkTests/Fixtures/birdnet.json")
        answers = try JSONDecoder().decode([String: Answer].self, from: Data(contentsOf: file))
    }

    /// Three seconds of a rising tone with pauses and noise, as `make-birdnet-answers.py` has them.
    private static var sound: [Float] {
        var state: UInt32 = 1
        return (0..<144_000).map { index in
            state = state &* 1_664_525 &+ 1_013_904_223
            let noise = Double(state) / Double(1 << 31) - 1
            let time = Double(index) / 48_000
            let isOn = sin(2 * Double.pi * 3 * time) > 0
            let tone = isOn ? sin(2 * Double.pi * (2000 * time + 400 * time * time)) : 0
            return Float(0.3 * tone + 0.01 * noise)
        }
    }

    private func check(_ network: String, _ input: [Float], _ name: String) throws {
        let session = try InferenceSession(model: Model(path: BirdNETFiles.path(network)))
        let description = try #require(session.inputs.first)
        let output = try session.run([
            Tensor(name: description.name, shape: [1, input.count], floats: input)
        ])
        let scores = try #require(output.first?.floats)
        let answer = try #require(answers[name])
        try #require(scores.count == 6522)
        let found = scores.indices.sorted { scores[$0] > scores[$1] }.prefix(answer.scores.count)
        for (place, wanted) in zip(found, answer.scores) {
            #expect(abs(scores[place] - wanted) < 1e-3, "\(name): species \(place)")
        }
        #expect(found.prefix(10).elementsEqual(answer.indices.prefix(10)))
        let sum = scores.reduce(0) { $0 + Double($1) }
        #expect(abs(sum - answer.sum) < 1e-4 * max(1, abs(answer.sum)))
    }

    @Test func itsSpeciesScoreAsWithLiteRT() throws {
        try check("Model_FP32.tflite", Self.sound, "sound")
    }

    @Test(arguments: ["berlin": [52.5, 13.4, 18], "nairobi": [-1.3, 36.8, 40]])
    func itsSpeciesOfAPlaceAndWeekAreThoseOfLiteRT(name: String, place: [Float]) throws {
        try check("MData_Model_V2_FP16.tflite", place, name)
    }
}
