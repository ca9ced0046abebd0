/// An operator that runs recurrent cells over time, in one or both directions.
protocol RecurrentOperator: Operator {
    var node: RecurrentNode { get }
}

extension RecurrentOperator {
    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        node.outputTypes(for: try inputs.required(0))
    }

    func multiplyAdds(inputs: [TensorType?], outputs: [TensorType]) -> Int {
        inputs.optional(0).map { node.multiplyAdds(for: $0) } ?? 0
    }

    var parameterCount: Int { node.parameterCount }
}

/// ONNX's `RNN`: simple recurrent units in one or both directions of time.
struct RNNOperator: RecurrentOperator {
    static let definition = OperatorDefinition(
        "RNN",
        inputs: 3...6,
        outputs: 0...2,
        read: RNNOperator.init
    )
    let node: RecurrentNode
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
}

/// ONNX's `GRU`: gated recurrent units in one or both directions of time.
struct GRUOperator: RecurrentOperator {
    static let definition = OperatorDefinition(
        "GRU",
        inputs: 3...6,
        outputs: 0...2,
        read: GRUOperator.init
    )
    let node: RecurrentNode
    private let resetsAfterProduct: Bool

    init(_ reader: inout NodeReader) throws(Refusal) {
        resetsAfterProduct = try reader.flag("linear_before_reset", default: false)
        node = try RecurrentNode(&reader, gateCount: 3)
        try node.requireActivations(["sigmoid", "tanh"])
        try node.checkState(5, reader)
    }

    func makeStep(_ places: StepPlaces) -> Step {
        RecurrentSteps.step(node, places, initialCell: nil) { direction, batch in
            let cell = GRUCell(
                recurrence: direction.recurrence,
                bias: direction.recurrentBias,
                hiddenSize: node.hiddenSize,
                linearBeforeReset: resetsAfterProduct
            )
            let workspace = FloatMemory(count: cell.workspaceSize(batch: batch)).slice
            return { inputs, stride, state, _ in
                cell.step(
                    inputs: inputs,
                    inputStride: stride,
                    state: state.readOnly,
                    batch: batch,
                    workspace: workspace,
                    into: state
                )
            }
        }
    }
}

/// ONNX's `LSTM`: long short-term memory in one or both directions of time.
struct LSTMOperator: RecurrentOperator {
    static let definition = OperatorDefinition(
        "LSTM",
        inputs: 3...8,
        outputs: 0...3,
        read: LSTMOperator.init
    )
    let node: RecurrentNode
    private let peepholes: [[Float]]?

    init(_ reader: inout NodeReader) throws(Refusal) {
        node = try RecurrentNode(&reader, gateCount: 4)
        try node.requireActivations(["sigmoid", "tanh", "tanh"])
        guard try !reader.flag("input_forget", default: false) else {
            throw Refusal("its attribute 'input_forget' is set")
        }
        try node.checkState(5, reader)
        try node.checkState(6, reader)
        guard reader.hasInput(7) else {
            peepholes = nil
            return
        }
        let width = 3 * node.hiddenSize
        guard let constant = reader.constant(7),
            constant.type == TensorType(.float32, [node.directions.count, width]),
            let numbers = constant.floats
        else { throw Refusal("its peepholes (input 7) are not constant") }
        peepholes = node.directions.indices.map { Array(numbers[$0 * width..<($0 + 1) * width]) }
    }

    func makeStep(_ places: StepPlaces) -> Step {
        var index = 0
        return RecurrentSteps.step(node, places, initialCell: 6) { direction, batch in
            let cell = LSTMCell(
                recurrence: direction.recurrence,
                bias: direction.recurrentBias,
                peepholes: peepholes?[index],
                hiddenSize: node.hiddenSize
            )
            index += 1
            let workspace = FloatMemory(count: cell.workspaceSize(batch: batch)).slice
            return { inputs, stride, state, memory in
                cell.step(
                    inputs: inputs,
                    inputStride: stride,
                    state: state.readOnly,
                    cell: memory.readOnly,
                    batch: batch,
                    workspace: workspace,
                    newState: state,
                    newCell: memory
                )
            }
        }
    }
}
