/// ONNX's `GRU`: gated recurrent units in one or both directions of time.
struct GRUOperator: Operator {
    static let name = "GRU"
    static let inputCounts = 3...6
    static let outputCounts = 0...2
    private let node: RecurrentNode
    private let resetsAfterProduct: Bool

    init(_ reader: inout NodeReader) throws(Refusal) {
        resetsAfterProduct = try reader.flag("linear_before_reset", default: false)
        node = try RecurrentNode(&reader, gateCount: 3)
        try node.requireActivations(["sigmoid", "tanh"])
        try node.checkState(5, reader)
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        Array(node.outputTypes(for: try inputs.required(0)).prefix(2))
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

    func multiplyAdds(inputs: [TensorType?], outputs: [TensorType]) -> Int {
        inputs.optional(0).map { node.multiplyAdds(for: $0) } ?? 0
    }

    var parameterCount: Int { node.parameterCount }
}
