/// ONNX's `ReduceProd`: the product over the given axes.
struct ReduceProdOperator: ReductionOperator {
    static let name = "ReduceProd"
    static let kind = ReductionKind.product
    var axes: ReducedAxes

    init(_ node: inout NodeReader) throws(Refusal) {
        axes = try ReducedAxes(&node, inputSince: 18)
    }
}
