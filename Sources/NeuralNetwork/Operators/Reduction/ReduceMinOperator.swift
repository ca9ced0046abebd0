/// ONNX's `ReduceMin`: the least over the given axes.
struct ReduceMinOperator: ReductionOperator {
    static let name = "ReduceMin"
    static let kind = ReductionKind.least
    var axes: ReducedAxes

    init(_ node: inout NodeReader) throws(Refusal) {
        axes = try ReducedAxes(&node, inputSince: 18)
    }
}
