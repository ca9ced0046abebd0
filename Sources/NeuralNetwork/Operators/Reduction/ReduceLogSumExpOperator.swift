/// ONNX's `ReduceLogSumExp`: the logarithm of the sum of exponentials over the given axes.
struct ReduceLogSumExpOperator: ReductionOperator {
    static let name = "ReduceLogSumExp"
    static let kind = ReductionKind.logOfSumOfExponentials
    var axes: ReducedAxes

    init(_ node: inout NodeReader) throws(Refusal) {
        axes = try ReducedAxes(&node, inputSince: 18)
    }
}
