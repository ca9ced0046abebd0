/// ONNX's `HardSigmoid`: alpha · x + beta, kept between 0 and 1.
struct HardSigmoidOperator: UnaryOperator {
    static let name = "HardSigmoid"
    let function: ScalarFunction

    init(_ node: inout NodeReader) throws(Refusal) {
        function = .hardSigmoid(
            alpha: try node.float("alpha", default: 0.2),
            beta: try node.float("beta", default: 0.5)
        )
    }
}
