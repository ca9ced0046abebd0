import Foundation
import NeuralNetwork
import SoundDatasets

/// A network in a file of its own, without a `model.yaml` that says what it is for.
struct BareNetwork {
    /// The path of the file.
    let path: String
    /// The network.
    let model: Model
    /// The names of its classes, where a TFLite file has them.
    let labels: [String]?

    /// Reads a network; nil if the path is not that of a file, nor looks like it.
    ///
    /// - Throws: When the file is not there or holds no network.
    init?(path: String) throws(CommandFailure) {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        guard exists else {
            guard path.hasSuffix(".onnx") || path.hasSuffix(".tflite") else { return nil }
            throw CommandFailure(.noInput, "There is no file '\(path)'. Check the path.")
        }
        guard !isFolder.boolValue else { return nil }
        self.path = path
        do {
            model = try Model(path: path)
        } catch {
            throw CommandFailure(.badData, "\(path): \(error.description)")
        }
        labels = (try? Data(contentsOf: URL(fileURLWithPath: path))).flatMap {
            TFLiteLabels.read([UInt8]($0))
        }
    }
}

/// What `models inspect` shows of a network without a `model.yaml`.
struct NetworkReport {
    private let network: BareNetwork
    private let summary: ModelSummary
    private let width: Int?

    /// Prepares the report of a network.
    ///
    /// - Parameters:
    ///   - network: The network.
    ///   - width: The columns of the terminal that names of layers are shortened for; nil: as they
    ///     are.
    /// - Throws: When the network can't run.
    init(_ network: BareNetwork, width: Int? = nil) throws(CommandFailure) {
        self.network = network
        self.width = width
        do {
            summary = try ModelSummary(
                model: network.model,
                options: LoadOptions(
                    inputShapes: Self.shapes(of: network.model),
                    requiredOutputs: []
                )
            )
        } catch {
            throw CommandFailure(.badData, "\(network.path): \(error.description)")
        }
    }

    /// The whole report.
    var text: String {
        let streaming =
            switch summary.streaming {
            case .windowByWindow(let reason): "window by window: \(reason)"
            case .hopByHop(let frames, let hop, _):
                "incrementally: a window of \(frames) frames, a hop of \(hop)"
            }
        return """
            file        \(network.path)
            made by     \(summary.producer.isEmpty ? "unknown" : summary.producer)
            \(lines("input", summary.inputs))
            \(lines("output", summary.outputs))
            network     opset \(summary.opset), \(summary.layers.count) layers, \
            \(summary.parameterCount) parameters, \(summary.multiplyAdds) multiply-adds a run, \
            \(String(format: "%.1f", Double(summary.byteCount) / 1e6)) MB
            streaming   \(streaming)\(labels)

            \(LayerTable(layers: summary.layers, width: width).text)
            """
    }

    private var labels: String {
        guard let labels = network.labels, let first = labels.first, let last = labels.last else {
            return ""
        }
        return "\nlabels      \(labels.count), from '\(first)' to '\(last)'"
    }

    private func lines(_ what: String, _ tensors: [TensorDescription]) -> String {
        tensors.map {
            "\(what.padding(toLength: 12, withPad: " ", startingAt: 0))\($0.name) \($0.type)"
        }
        .joined(separator: "\n")
    }

    /// Axes without a length are given 1, as for one window.
    private static func shapes(of model: Model) -> [String: [Int]] {
        let weights = Set(model.graph.initializers.map(\.name))
        var shapes: [String: [Int]] = [:]
        for input in model.graph.inputs where !weights.contains(input.name) {
            shapes[input.name] = input.shape?.map {
                if case .fixed(let length) = $0 { length } else { 1 }
            }
        }
        return shapes
    }
}

/// The layers of a network as a table.
struct LayerTable {
    /// The layers, in order.
    let layers: [ModelSummary.Layer]
    /// The columns of the terminal that names are shortened for; nil: as they are.
    var width: Int?

    private static let shortestName = 16

    /// The table.
    var text: String {
        let rows = layers.map { layer in
            [
                layer.name, layer.operatorType,
                layer.outputShape.map(String.init).joined(separator: "×"),
                "\(layer.parameterCount)", "\(layer.multiplyAdds)",
            ]
        }
        let whole = table(rows)
        guard let width, let longest = rows.map(\.[0].count).max() else { return whole }
        let excess = (whole.split(separator: "\n").map(\.count).max() ?? 0) - width
        guard excess > 0 else { return whole }
        let room = max(Self.shortestName, longest - excess)
        return table(rows.map { [Self.shortened($0[0], to: room)] + $0.dropFirst() })
    }

    private func table(_ rows: [[String]]) -> String {
        TextTable(
            header: ["layer", "operator", "output", "parameters", "multiply-adds"],
            rows: rows,
            rightAligned: [3, 4]
        ).text
    }

    /// The end of a name, which tells layers apart, after a mark for what is left out.
    static func shortened(_ name: String, to length: Int) -> String {
        name.count <= length ? name : "…" + name.suffix(length - 1)
    }
}
