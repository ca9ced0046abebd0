import NeuralNetwork

/// How a model's file stores its weights; the network computes with floats either way.
package enum StoredWeights: String, CaseIterable, Sendable {
    /// Four bytes a weight.
    case float32
    /// One byte a weight of large layers, with a scale for each output channel.
    case int8
}

extension Model {
    /// The same network with its large layers' weights stored in another form.
    ///
    /// Each output channel of a convolution or fully connected layer has the scale that its largest
    /// weight needs. Kernels with few weights a channel, as depthwise ones, stay floats: their scales
    /// would save little. A file before opset 13, which has no such scales, stays as it is.
    func storing(_ form: StoredWeights) -> Model {
        guard form == .int8, opset ?? 0 >= 13 else { return self }
        var model = self
        var wanted: Set<String> = []
        for node in graph.nodes {
            let isTransposed = node.attributes.contains {
                $0.name == "transB" && $0.value == .int(1)
            }
            if node.operatorType == "Conv" || node.operatorType == "Gemm" && isTransposed {
                wanted.insert(node.inputs[1])
            }
        }
        model.graph.initializers = []
        var dequantizing: [Node] = []
        for tensor in graph.initializers {
            guard wanted.contains(tensor.name), let stored = QuantizedWeights(tensor) else {
                model.graph.initializers.append(tensor)
                continue
            }
            model.graph.initializers += [stored.values, stored.scales]
            dequantizing.append(stored.node)
        }
        model.graph.nodes = dequantizing + graph.nodes
        return model
    }
}

/// A layer's weights as whole numbers of a scale for each output channel.
private struct QuantizedWeights {
    let values: Tensor
    let scales: Tensor
    /// Makes the floats of them again.
    let node: Node

    /// The fewest weights of a channel that are worth a scale.
    private static let leastRowLength = 16

    /// Quantises; nil for numbers that are not floats or for small kernels.
    init?(_ tensor: Tensor) {
        guard case .float32(let floats) = tensor.values, let rows = tensor.shape.first, rows > 0,
            floats.count / rows >= Self.leastRowLength
        else { return nil }
        let rowLength = floats.count / rows
        let scales = (0..<rows).map { row in
            let largest = floats[row * rowLength..<(row + 1) * rowLength].reduce(0) {
                max($0, abs($1))
            }
            return largest > 0 ? largest / 127 : 1
        }
        let numbers = floats.indices.map { index -> Int8 in
            let number = (floats[index] / scales[index / rowLength]).rounded(.toNearestOrEven)
            return number.isFinite ? Int8(number) : 0
        }
        let (valuesName, scalesName) = ("\(tensor.name).int8", "\(tensor.name).scale")
        values = Tensor(name: valuesName, shape: tensor.shape, values: .int8(numbers))
        self.scales = Tensor(name: scalesName, shape: [rows], floats: scales)
        node = Node(
            "DequantizeLinear",
            name: tensor.name,
            inputs: [valuesName, scalesName],
            outputs: [tensor.name],
            attributes: [Attribute(name: "axis", value: .int(0))]
        )
    }
}
