/// ONNX's `GlobalMaxPool`: the greatest over all spatial axes, which stay with length 1.
struct GlobalMaxPoolOperator: ReductionOperator {
    static let name = "GlobalMaxPool"
    static let inputCounts = 1...1
    static let kind = ReductionKind.greatest
    var axes: ReducedAxes

    init(_ node: inout NodeReader) throws(Refusal) {
        let rank = try node.inputType(0).rank
        guard rank >= 3 else { throw Refusal("its input has \(rank) axes") }
        axes = ReducedAxes(rank: rank, resolved: Array(2..<rank), keepsAxes: true)
    }
}
