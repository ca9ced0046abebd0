import ONNXFormat

/// A network's last fully connected layer, which another one can take the place of.
struct NetworkHead {
    /// Why a network has none.
    struct Missing: Error {
        let reason: String
    }

    /// The value that the layer reads.
    let input: String
    /// How many numbers a window that value has.
    let inputCount: Int

    /// Finds the layer behind the scores, past activations and the addition of a bias.
    init(of graph: Graph, scores: String) throws(Missing) {
        var value = scores
        while let node = graph.nodes.first(where: { $0.outputs.contains(value) }) {
            func constant(_ index: Int) -> Tensor? {
                index < node.inputs.count
                    ? graph.initializers.first { $0.name == node.inputs[index] } : nil
            }
            switch node.operatorType {
            case "Sigmoid", "Softmax", "LogSoftmax", "Identity", "Dropout":
                value = node.inputs[0]
            case "Add" where constant(1) != nil: value = node.inputs[0]
            case "Add" where constant(0) != nil: value = node.inputs[1]
            case "Gemm", "MatMul":
                let isTransposed = node.attributes.contains {
                    $0.name == "transB" && $0.value == .int(1)
                }
                guard let weights = constant(1), weights.shape.count == 2 else {
                    throw Missing(reason: "the weights of its last layer are not constant")
                }
                input = Self.withoutDropout(node.inputs[0], in: graph)
                inputCount = weights.shape[isTransposed ? 1 : 0]
                return
            default:
                throw Missing(
                    reason: "its last layer '\(node.name.isEmpty ? value : node.name)' "
                        + "(\(node.operatorType)) is not fully connected"
                )
            }
        }
        throw Missing(reason: "nothing computes its output '\(scores)'")
    }

    private static func withoutDropout(_ value: String, in graph: Graph) -> String {
        let maker = graph.nodes.first { $0.outputs.first == value }
        guard let maker, maker.operatorType == "Dropout" else { return value }
        return maker.inputs[0]
    }
}
