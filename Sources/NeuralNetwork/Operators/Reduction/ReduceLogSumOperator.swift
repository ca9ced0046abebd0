/// ONNX's `ReduceLogSum`: the logarithm of the sum over the given axes.
struct ReduceLogSumOperator: ReductionOperator {
    static let name = "ReduceLogSum"
    static let kind = ReductionKind.logOfSum
    var axes: ReducedAxes

    init(_ node: inout NodeReader) throws(Refusal) {
        axes = try ReducedAxes(&node, inputSince: 18)
    }
}
