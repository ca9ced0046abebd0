import Foundation
import NeuralNetwork
import Testing

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
