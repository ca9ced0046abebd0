import NeuralNetwork

/// A network's last fully connected layer, which another one can replace.
struct NetworkHead {
    /// The value that the layer reads.
    let input: String
    /// How many numbers a window that value has.
    let inputCount: Int
    /// How many numbers the layer gives.
    let outputCount: Int
    /// What the layer multiplies by: [outputs, inputs]; empty if they are not 32-bit floats.
    let weights: [Float]
    /// What is added: [outputs]; empty without a bias, or if it is not one 32-bit float each.
    let bias: [Float]

    /// Finds the layer behind the scores, past activations and the addition of a bias.
    ///
    /// - Throws: What `missing` makes of the reason why there is none.
    init(
        of graph: Graph,
        scores: String,
        missing: (String) -> TrainingError
    ) throws(TrainingError) {
        var value = scores
        var added: Tensor?
        while let node = graph.nodes.first(where: { $0.outputs.contains(value) }) {
            func constant(_ index: Int) -> Tensor? {
                index < node.inputs.count
                    ? graph.initializers.first { $0.name == node.inputs[index] } : nil
            }
            switch node.operatorType {
            case "Sigmoid", "Softmax", "LogSoftmax", "Identity", "Dropout":
                value = node.inputs[0]
            case "Add" where constant(1) != nil:
                added = constant(1)
                value = node.inputs[0]
            case "Add" where constant(0) != nil:
                added = constant(0)
                value = node.inputs[1]
            case "Gemm", "MatMul":
                let isTransposed = node.attributes.contains {
                    $0.name == "transB" && $0.value == .int(1)
                }
                guard let factors = constant(1), factors.shape.count == 2 else {
                    throw missing("the weights of its last layer are not constant")
                }
                input = Self.withoutDropout(node.inputs[0], in: graph)
                inputCount = factors.shape[isTransposed ? 1 : 0]
                outputCount = factors.shape[isTransposed ? 0 : 1]
                weights = Self.rows(of: factors, isTransposed: isTransposed)
                bias = Self.floats(of: constant(2) ?? added)
                return
            default:
                throw missing(
                    "its last layer '\(node.name.isEmpty ? value : node.name)' "
                        + "(\(node.operatorType)) is not fully connected"
                )
            }
        }
        throw missing("no node computes its output '\(scores)'")
    }

    private static func floats(of tensor: Tensor?) -> [Float] {
        guard case .float32(let values) = tensor?.values else { return [] }
        return values
    }

    private static func rows(of tensor: Tensor, isTransposed: Bool) -> [Float] {
        let values = floats(of: tensor)
        guard !isTransposed, !values.isEmpty else { return values }
        let (inputs, outputs) = (tensor.shape[0], tensor.shape[1])
        return (0..<outputs).flatMap { output in
            (0..<inputs).map { values[$0 * outputs + output] }
        }
    }

    private static func withoutDropout(_ value: String, in graph: Graph) -> String {
        let maker = graph.nodes.first { $0.outputs.first == value }
        guard let maker, maker.operatorType == "Dropout" else { return value }
        return maker.inputs[0]
    }
}
