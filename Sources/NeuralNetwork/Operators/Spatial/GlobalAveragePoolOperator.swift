/// ONNX's `GlobalAveragePool`: the mean over all spatial axes, which stay with length 1.
struct GlobalAveragePoolOperator: ReductionOperator {
    static let name = "GlobalAveragePool"
    static let inputCounts = 1...1
    static let kind = ReductionKind.mean
    var axes: ReducedAxes

    init(_ node: inout NodeReader) throws(Refusal) {
        let rank = try node.inputType(0).rank
        guard rank >= 3 else { throw Refusal("its input has \(rank) axes") }
        axes = ReducedAxes(rank: rank, resolved: Array(2..<rank), keepsAxes: true)
    }
}
