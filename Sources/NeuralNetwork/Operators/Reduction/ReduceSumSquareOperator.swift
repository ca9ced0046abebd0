/// ONNX's `ReduceSumSquare`: the sum of squares over the given axes.
struct ReduceSumSquareOperator: ReductionOperator {
    static let name = "ReduceSumSquare"
    static let kind = ReductionKind.sumOfSquares
    var axes: ReducedAxes

    init(_ node: inout NodeReader) throws(Refusal) {
        axes = try ReducedAxes(&node, inputSince: 18)
    }
}
