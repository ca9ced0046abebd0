/// ONNX's `ReduceMean`: the mean over the given axes.
struct ReduceMeanOperator: ReductionOperator {
    static let name = "ReduceMean"
    static let kind = ReductionKind.mean
    var axes: ReducedAxes

    init(_ node: inout NodeReader) throws(Refusal) {
        axes = try ReducedAxes(&node, inputSince: 18)
    }
}
