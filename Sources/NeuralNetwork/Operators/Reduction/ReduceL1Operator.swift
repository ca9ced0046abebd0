/// ONNX's `ReduceL1`: the sum of magnitudes over the given axes.
struct ReduceL1Operator: ReductionOperator {
    static let name = "ReduceL1"
    static let kind = ReductionKind.sumOfMagnitudes
    var axes: ReducedAxes

    init(_ node: inout NodeReader) throws(Refusal) {
        axes = try ReducedAxes(&node, inputSince: 18)
    }
}
