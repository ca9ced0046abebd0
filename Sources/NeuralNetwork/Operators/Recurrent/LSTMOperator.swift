/// ONNX's `LSTM`: long short-term memory in one or both directions of time.
struct LSTMOperator: Operator {
    static let name = "LSTM"
    static let inputCounts = 3...8
    static let outputCounts = 0...3
    private let node: RecurrentNode
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
        else { throw Refusal("its peepholes (input 7) are not known when the model is loaded") }
        peepholes = node.directions.indices.map { Array(numbers[$0 * width..<($0 + 1) * width]) }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        node.outputTypes(for: try inputs.required(0))
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

    func multiplyAdds(inputs: [TensorType?], outputs: [TensorType]) -> Int {
        inputs.optional(0).map { node.multiplyAdds(for: $0) } ?? 0
    }

    var parameterCount: Int { node.parameterCount }
}
