import Foundation
import NeuralNetwork
import TestSupport
import Testing

/// Networks in TFLite files against LiteRT.
@Suite struct TFLiteNetworkTests {
    /// How far an answer may be from LiteRT's.
    private static func tolerance(_ name: String, _ type: ElementType) -> Double {
        switch type {
        // One step of the integers.
        case .int8, .uint8, .int16: 1
        // LiteRT rounds what flows between weights of 8 bits, the engine does not.
        case .float32 where name == "dense-hybrid": 2e-3
        case .float32 where name == "mobile-float-interface": 1.0 / 256
        case .float32: 4e-6
        default: 0
        }
    }

    @Test(arguments: TFLiteFixture.all)
    func answersAsLiteRT(_ fixture: TFLiteFixture) throws {
        let model = try Model(path: fixture.path)
        let answer = try fixture.answer
        let session = try InferenceSession(model: model)
        let inputs = try zip(model.graph.inputs, answer.inputs).map { input, given in
            try #require(given.tensor(named: input.name))
        }
        let outputs = try session.run(inputs)
        #expect(outputs.count == answer.outputs.count)
        for (output, wanted) in zip(outputs, answer.outputs) {
            let expected = try #require(wanted.tensor(named: output.name))
            #expect(output.type == expected.type, "\(output.name)")
            let tolerance = Self.tolerance(fixture.name, output.elementType)
            let numbers = expected.values.asDoubles
            let scale = output.elementType == .float32 ? max(1, numbers.map(abs).max() ?? 1) : 1
            let worst = zip(output.values.asDoubles, numbers).map { abs($0 - $1) }.max() ?? 0
            #expect(worst <= tolerance * scale, "\(output.name)")
        }
    }

    @Test func everyOperatorIsNamedInTheDocumentation() throws {
        let page = Checkout.folder.appendingPathComponent("docs/networks.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let section = try #require(text.split(separator: "## TFLite\n").last)
        let words = section.prefix { $0 != "#" }.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
        let names = SupportedOperators.tfliteNames
        #expect(names.filter { !words.contains(Substring($0)) } == [])
        let listed = words.drop { $0 != "Operators" }.dropFirst().prefix {
            $0.allSatisfy { !$0.isLowercase }
        }
        #expect(listed.map(String.init) == names)
    }

    @Test func thereAreNetworksOfEveryKind() {
        #expect(TFLiteFixture.all.count >= 20)
    }

    @Test func integersAtInputAndOutputAreFloatsWhereAsked() throws {
        let fixture = TFLiteFixture(name: "edge-impulse-int8")
        let model = try Model(path: fixture.path, exposesFloats: true)
        #expect(model.graph.inputs.map(\.elementType) == [.float32])
        #expect(model.graph.outputs.map(\.elementType) == [.float32])
        let session = try InferenceSession(model: model)
        let input = try #require(session.inputs.first)
        let zeros = [Float](repeating: 0, count: input.type.elementCount)
        let scores = try #require(
            try session.run([Tensor(name: input.name, shape: input.type.shape, floats: zeros)])
                .first?.floats
        )
        #expect(abs(scores.reduce(0, +) - 1) < 0.02)
    }

    @Test func weightsOfIntegersStayIntegersUntilFloatsAreAskedFor() throws {
        let model = try Model(path: TFLiteFixture(name: "dense-hybrid").path)
        let kept = model.graph.initializers.filter { $0.elementType == .int8 }
        #expect(kept.reduce(0) { $0 + $1.values.count } > 10_000)
        let floats = model.withFloatWeights
        #expect(!floats.graph.initializers.contains { $0.elementType == .int8 })
        #expect(!floats.graph.nodes.contains { $0.operatorType == "DequantizeLinear" })
        let input = try #require(model.graph.inputs.first)
        let tensor = try #require(
            TFLiteFixture(name: "dense-hybrid").answer.inputs[0].tensor(named: input.name)
        )
        let first = try InferenceSession(model: model).run([tensor])
        let second = try InferenceSession(model: floats).run([tensor])
        #expect(first == second)
    }

    @Test func anOperatorThatIsNotSupportedIsNamed() throws {
        var bytes = try TFLiteFixture(name: "logic").bytes
        // The code of one operator, in the byte that older programs read and in the newer number.
        let code: UInt8 = 71
        let places = bytes.indices.dropLast(4).filter {
            bytes[$0..<$0 + 4].elementsEqual([code, 0, 0, 0])
                || bytes[$0..<$0 + 4].elementsEqual([0, 0, 0, code])
        }
        for place in places {
            for index in place..<place + 4 where bytes[index] == code { bytes[index] = 121 }
        }
        let error = #expect(throws: ModelFileError.self) { try Model(serialized: bytes) }
        #expect(
            error?.description.contains("'NON_MAX_SUPPRESSION_V5' is not supported") == true,
            "\(String(describing: error))"
        )
    }

    @Test func aFileThatEndsTooEarlyIsNoCompleteTFLiteModel() throws {
        let bytes = try TFLiteFixture(name: "logic").bytes
        let error = #expect(throws: ModelFileError.self) {
            try Model(serialized: Array(bytes.prefix(bytes.count / 2)))
        }
        #expect(error?.description.hasPrefix("This is not a complete TFLite model") == true)
    }
}

/// Google's YAMNet in two forms with LiteRT's answers: files that are fetched or brought, found by the
/// folder in `EARWITNESS_TEACHERS`.
enum YAMNetFiles {
    private static let folder = ProcessInfo.processInfo.environment["EARWITNESS_TEACHERS"]
        .map { URL(fileURLWithPath: $0).appendingPathComponent("yamnet") }

    static var areThere: Bool {
        folder.map {
            FileManager.default.fileExists(atPath: $0.appendingPathComponent("yamnet.tflite").path)
        }
            ?? false
    }

    static func path(_ file: String) throws -> String {
        try #require(folder).appendingPathComponent(file).path
    }

    /// An array of an `.npz` file, which is an archive of `.npy` files.
    static func floats(_ array: String, in file: String) throws -> [Float] {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(file))))
        let archive = try #require(ZipArchive(bytes))
        let entry = try #require(archive.entries.first { $0.name == "\(array).npy" })
        return try #require(NPYArray(bytes: archive.content(of: entry)).floats)
    }
}

@Suite(.enabled(if: YAMNetFiles.areThere, "EARWITNESS_TEACHERS names no folder with yamnet"))
struct YAMNetTests {
    /// The greatest distance of a network's scores from those in a file.
    private func distance(
        _ network: String,
        _ input: String,
        in reference: String
    ) throws -> Double {
        let session = try InferenceSession(model: Model(path: YAMNetFiles.path(network)))
        let description = try #require(session.inputs.first)
        let answer = try session.run([
            Tensor(
                name: description.name,
                shape: description.type.shape,
                floats: YAMNetFiles.floats(input, in: reference)
            )
        ])
        let found = try #require(answer.first?.floats)
        let expected = try YAMNetFiles.floats("scores", in: reference)
        try #require(found.count == 521 && expected.count == 521)
        return zip(found, expected).map { Double(abs($0 - $1)) }.max() ?? 1
    }

    @Test func theNetworkOfWaveformsScoresAsLiteRTUpToItsRounding() throws {
        // LiteRT rounds what flows between weights of 8 bits, the engine does not.
        #expect(try distance("yamnet.tflite", "waveform", in: "yamnet_reference.npz") < 0.02)
    }

    @Test func theNetworkOfIntegersScoresAsLiteRTToAStep() throws {
        let step = 1.0 / 256
        #expect(
            try distance("yamnet_spectra_in.tflite", "patch", in: "yamnet_spectra_reference.npz")
                <= step
        )
    }
}
