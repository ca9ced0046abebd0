import Foundation
import NeuralNetwork
import TestSupport
import Testing

/// Whole networks of the field against ONNX Runtime.
@Suite struct NetworkTests {
    static let names = [
        "vgg", "mobilenet", "cnn128", "spectrogram", "urban", "resnest", "bands_first", "sequence",
        "opset11", "opset12", "opset13", "opset17",
    ]

    @Test(arguments: names)
    func everyOutputAgreesWithONNXRuntime(_ name: String) throws {
        let network = try OracleNetwork(name)
        let session = try InferenceSession(
            model: network.model,
            options: LoadOptions(inputShapes: network.inputShapes)
        )
        for output in try session.run(network.inputs) {
            let reference = try #require(network.expected[output.name])
            let expected = Tensor(shape: reference.shape, floats: try #require(reference.floats))
            let difference = TensorComparison.difference(
                output,
                expected,
                relative: 1e-4,
                absolute: 1e-6
            )
            #expect(difference == nil, "\(name), '\(output.name)'")
        }
    }

    @Test func aSecondRunGivesTheSameNumbers() throws {
        let network = try OracleNetwork("mobilenet")
        let session = try InferenceSession(
            model: network.model,
            options: LoadOptions(inputShapes: network.inputShapes)
        )
        #expect(try session.run(network.inputs) == session.run(network.inputs))
    }
}

/// A network that `make-networks` built, with an input and ONNX Runtime's outputs for it.
struct OracleNetwork {
    let model: Model
    let inputs: [Tensor]
    /// The outputs by name.
    let expected: [String: NPYArray]

    /// The folder that `make-networks` fills.
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../../.build/onnx-networks").resolvingSymlinksInPath()

    /// Reads a network.
    init(_ name: String) throws {
        let folder = Self.root.appending(path: name)
        try #require(
            FileManager.default.fileExists(atPath: folder.path),
            "'\(folder.path)' is missing; run Tests/NeuralNetworkTests/make-networks"
        )
        model = try Model(path: folder.appending(path: "model.onnx").path)
        inputs = try model.graph.inputs.map { input in
            let array = try NPYArray(path: folder.appending(path: "in_\(input.name).npy").path)
            return Tensor(
                name: input.name,
                shape: array.shape,
                floats: try #require(array.floats)
            )
        }
        expected = try Dictionary(
            uniqueKeysWithValues: model.graph.outputs.map { output in
                let path = folder.appending(path: "out_\(output.name).npy").path
                return (output.name, try NPYArray(path: path))
            }
        )
    }

    /// The shapes of the inputs by name.
    var inputShapes: [String: [Int]] {
        Dictionary(uniqueKeysWithValues: inputs.map { ($0.name, $0.shape) })
    }
}

/// Trained networks against the numbers that came with them.
@Suite struct ReferenceModelTests {
    @Test(arguments: ["bootstrap", "esc10"])
    func everyReferenceWindowGivesTheReferenceScoresAndEmbedding(_ name: String) throws {
        let model = try ReferenceModels.model(name)
        let features = try ReferenceModels.array("ref_logmel_norm", of: name)
        let session = try InferenceSession(
            model: model,
            options: LoadOptions(dimensions: ["N": 1, "frames": 96])
        )
        let frames = try #require(features.floats)
        let bands = features.shape[1]
        for (file, output) in [("ref_probs", "probs"), ("ref_embedding", "embedding")] {
            let reference = try ReferenceModels.array(file, of: name)
            let expected = try #require(reference.floats)
            let width = reference.shape[1]
            var scores = [Float](repeating: 0, count: width)
            for window in 0..<reference.shape[0] {
                let start = window * 24 * bands
                let input = Array(frames[start..<start + 96 * bands])
                var result = scores.mutableSpan
                try session.run(
                    input.span,
                    shape: [1, 1, 96, bands],
                    output: output,
                    into: &result
                )
                for index in 0..<width {
                    let difference = abs(scores[index] - expected[window * width + index])
                    #expect(difference < 1e-5, "\(output), window \(window), number \(index)")
                }
            }
        }
    }
}

/// The trained networks that the tests hold the engine against.
enum ReferenceModels {
    /// The network's model file.
    static func model(_ name: String) throws -> Model {
        try Model(path: ReferenceNetworks.path("model.onnx", of: name))
    }

    /// One of the arrays that came with the network.
    static func array(_ file: String, of name: String) throws -> NPYArray {
        try NPYArray(path: ReferenceNetworks.path("\(file).npy", of: name))
    }
}
