/// ONNX's `ReduceL2`: the square root of the sum of squares over the given axes.
struct ReduceL2Operator: ReductionOperator {
    static let name = "ReduceL2"
    static let kind = ReductionKind.norm
    var axes: ReducedAxes

    init(_ node: inout NodeReader) throws(Refusal) {
        axes = try ReducedAxes(&node, inputSince: 18)
    }
}
