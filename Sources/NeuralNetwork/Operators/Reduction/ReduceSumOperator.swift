/// ONNX's `ReduceSum`: the sum over the given axes.
struct ReduceSumOperator: ReductionOperator {
    static let name = "ReduceSum"
    static let kind = ReductionKind.sum
    var axes: ReducedAxes

    init(_ node: inout NodeReader) throws(Refusal) {
        axes = try ReducedAxes(&node, inputSince: 13)
    }
}
