import Foundation
import NeuralNetwork

/// A model folder of its own for one test, removed when the test is over.
///
/// It begins as a small valid model: one input `[N, 1, 4, 3]`, one output of two scores.
final class ModelFolder {
    let path: String

    static let yaml = """
        name: tiny
        version: "2"
        description: For tests.
        front_end:
          band_count: 3
          fft_length: 64
          window_length: 64
        network:
          input: patches
          window_frames: 4
          scores: scores
          activation: sigmoid
        rule:
          on: 0.6
        classes:
          - {name: bell, label: Bell, rule: {smoothing: 5}}
          - {name: other, label: Other, private: true, report: false}
        """

    init(yaml: String = ModelFolder.yaml, network: Model? = ModelFolder.network()) throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("earwitness-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
        try write(Data(yaml.utf8), to: "model.yaml")
        if let network {
            try write(Data(network.serialized()), to: "model.onnx")
        }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ content: Data, to name: String) throws {
        try content.write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    }

    static func network(
        inputs: [ValueInfo] = [input([.symbolic("N"), .fixed(1), .fixed(4), .fixed(3)])],
        scores: [NeuralNetwork.Dimension] = [.symbolic("N"), .fixed(2)],
        type: ElementType = .float32,
        weightColumns: Int = 2
    ) -> Model {
        Model(
            operatorSets: [OperatorSet(version: 13)],
            graph: Graph(
                name: "tiny",
                nodes: [
                    Node("Reshape", inputs: ["patches", "shape"], outputs: ["flat"]),
                    Node("Gemm", inputs: ["flat", "weights"], outputs: ["scores"]),
                ],
                initializers: [
                    Tensor(name: "shape", shape: [2], integers: [1, 12]),
                    Tensor(
                        name: "weights",
                        shape: [12, weightColumns],
                        floats: [Float](repeating: 0.1, count: 12 * weightColumns)
                    ),
                ],
                inputs: inputs,
                outputs: [ValueInfo(name: "scores", elementType: type, shape: scores)]
            )
        )
    }

    static func input(_ shape: [NeuralNetwork.Dimension]?, name: String = "patches") -> ValueInfo {
        ValueInfo(name: name, elementType: .float32, shape: shape)
    }
}
