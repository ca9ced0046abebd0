import Foundation
import ModelLibrary
import NeuralNetwork
import TestSupport

/// A model of this checkout with another front end, in a folder of its own for one test.
final class VariantModel {
    let model: SoundModel
    private let home: TemporaryFolder

    /// Makes a variant of the model `bootstrap`.
    ///
    /// - Parameters:
    ///   - name: What its events are called by.
    ///   - changes: What of its `model.yaml` is replaced by what; all of it must be there.
    ///   - network: Changes the network.
    /// - Throws: When a text is missing, or the variant is no model.
    init(
        name: String,
        _ changes: [String: String] = [:],
        network: (Model) throws -> Model = { $0 }
    ) throws {
        let original = try ReferenceModel.load()
        home = try TemporaryFolder()
        let folder = home.path
        var text = try String(contentsOfFile: "\(original.folder)/model.yaml", encoding: .utf8)
        for (old, new) in [("name: bootstrap", "name: \(name)")] + changes.sorted(by: <) {
            guard text.contains(old) else { throw MissingText(text: old) }
            text = text.replacing(old, with: new)
        }
        // The network is written anew, and may be another one.
        text = text.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.contains("sha256:") }.joined(separator: "\n")
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/model.yaml"))
        try Data(network(original.network).serialized())
            .write(to: URL(fileURLWithPath: "\(folder)/model.onnx"))
        model = try SoundModel.load(folder: folder)
    }

    /// The same windows of time and bands, heard at 44.1 kHz.
    static func wide(name: String = "wide") throws -> VariantModel {
        try VariantModel(
            name: name,
            [
                "sample_rate_hz: 16000": "sample_rate_hz: 44100",
                "window_length: 400": "window_length: 1102",
                "fft_length: 512": "fft_length: 2048",
                "hop_length: 160": "hop_length: 441",
            ]
        )
    }

    /// The same network with its input's axes, and all that depends on them, exchanged.
    static func bandsByFrames() throws -> VariantModel {
        try VariantModel(
            name: "sideways",
            ["layout: frames_by_bands": "layout: bands_by_frames"],
            network: \.withPlanesTransposed
        )
    }

    struct MissingText: Error {
        let text: String
    }
}

extension Model {
    /// The network for transposed planes: kernels, strides, pads and axes of all planes exchanged.
    fileprivate var withPlanesTransposed: Model {
        var model = self
        var kernels: Set<String> = []
        var planes = Set(graph.inputs.map(\.name))
        for (index, node) in graph.nodes.enumerated() {
            guard let input = node.inputs.first, planes.contains(input) else { continue }
            switch node.operatorType {
            case "Conv", "MaxPool":
                if node.operatorType == "Conv" { kernels.insert(node.inputs[1]) }
                planes.formUnion(node.outputs)
            case "ReduceMean":
                break
            default:
                planes.formUnion(node.outputs)
            }
            model.graph.nodes[index].attributes = node.attributes.map(\.transposed)
        }
        model.graph.initializers = graph.initializers.map {
            kernels.contains($0.name) ? $0.withLastAxesExchanged : $0
        }
        model.graph.inputs = graph.inputs.map { input in
            var input = input
            if let shape = input.shape, shape.count == 4 {
                input.shape = [shape[0], shape[1], shape[3], shape[2]]
            }
            return input
        }
        return model
    }
}

extension Attribute {
    fileprivate var transposed: Attribute {
        guard case .ints(let values) = value else { return self }
        var attribute = self
        switch name {
        case "kernel_shape", "strides", "dilations":
            attribute.value = .ints(values.reversed())
        case "pads":
            attribute.value = .ints([values[1], values[0], values[3], values[2]])
        case "axes":
            let exchanged: [Int64: Int64] = [2: 3, 3: 2, -1: -2, -2: -1]
            attribute.value = .ints(values.map { exchanged[$0] ?? $0 })
        default:
            break
        }
        return attribute
    }
}

extension Tensor {
    fileprivate var withLastAxesExchanged: Tensor {
        guard case .float32(let values) = values else { return self }
        let (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
        let exchanged = values.indices.map { place in
            let plane = place / (rows * columns)
            let (row, column) = (place % rows, place % (rows * columns) / rows)
            return values[plane * rows * columns + row * columns + column]
        }
        return Tensor(
            name: name,
            shape: shape.dropLast(2) + [columns, rows],
            values: .float32(exchanged)
        )
    }
}

/// A model that is shipped.
enum ShippedModel {
    static func load(_ name: String) throws -> SoundModel {
        try SoundModel.load(folder: Checkout.folder.appendingPathComponent("Models/\(name)").path)
    }
}

/// The reference model `bootstrap`, with which most tests here listen, because its network is small.
enum ReferenceModel {
    static func load() throws -> SoundModel {
        try SoundModel.load(folder: ReferenceNetworks.modelFolder)
    }
}
