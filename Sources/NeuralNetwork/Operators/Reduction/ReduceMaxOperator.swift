/// ONNX's `ReduceMax`: the greatest over the given axes.
struct ReduceMaxOperator: ReductionOperator {
    static let name = "ReduceMax"
    static let kind = ReductionKind.greatest
    var axes: ReducedAxes

    init(_ node: inout NodeReader) throws(Refusal) {
        axes = try ReducedAxes(&node, inputSince: 18)
    }
}
