/// ONNX's `RNN`: simple recurrent units in one or both directions of time.
struct RNNOperator: Operator {
    static let name = "RNN"
    static let inputCounts = 3...6
    static let outputCounts = 0...2
    private let node: RecurrentNode
    private let functions: [ScalarFunction]

    init(_ reader: inout NodeReader) throws(Refusal) {
        let node = try RecurrentNode(&reader, gateCount: 1)
        try node.checkState(5, reader)
        let names =
            node.activations.isEmpty
            ? [String](repeating: "Tanh", count: node.directions.count) : node.activations
        guard names.count == node.directions.count else {
            throw Refusal("it has activations \(names) for \(node.directions.count) directions")
        }
        var functions: [ScalarFunction] = []
        for (index, name) in names.enumerated() {
            functions.append(
                try Self.function(
                    name,
                    alpha: node.activationAlpha.dropFirst(index).first,
                    beta: node.activationBeta.dropFirst(index).first
                )
            )
        }
        self.node = node
        self.functions = functions
    }

    private static func function(
        _ name: String,
        alpha: Float?,
        beta: Float?
    ) throws(Refusal) -> ScalarFunction {
        switch name.lowercased() {
        case "tanh": .tanh
        case "relu": .relu
        case "sigmoid": .sigmoid
        case "softsign": .softsign
        case "softplus": .softplus
        case "leakyrelu": .leakyReLU(slope: alpha ?? 0.01)
        case "elu": .elu(alpha: alpha ?? 1)
        case "hardsigmoid": .hardSigmoid(alpha: alpha ?? 0.2, beta: beta ?? 0.5)
        default: throw Refusal("its activation '\(name)' is not supported")
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        Array(node.outputTypes(for: try inputs.required(0)).prefix(2))
    }

    func makeStep(_ places: StepPlaces) -> Step {
        var index = 0
        return RecurrentSteps.step(node, places, initialCell: nil) { direction, batch in
            let hidden = node.hiddenSize
            let recurrence = PackedMatrix(
                direction.recurrence,
                rowCount: hidden,
                columnCount: hidden,
                transposed: true,
                bias: direction.recurrentBias,
                function: functions[index]
            )
            index += 1
            let gathered = FloatMemory(count: batch * hidden).slice
            let product = FloatMemory(count: batch * hidden).slice
            return { inputs, stride, state, _ in
                for item in 0..<batch {
                    gathered[item * hidden..<(item + 1) * hidden].update(
                        from: inputs[item * stride..<item * stride + hidden]
                    )
                }
                recurrence.multiply(
                    state.readOnly,
                    rows: batch,
                    addend: gathered.readOnly,
                    into: product
                )
                state.update(from: product.readOnly)
            }
        }
    }

    func multiplyAdds(inputs: [TensorType?], outputs: [TensorType]) -> Int {
        inputs.optional(0).map { node.multiplyAdds(for: $0) } ?? 0
    }

    var parameterCount: Int { node.parameterCount }
}
