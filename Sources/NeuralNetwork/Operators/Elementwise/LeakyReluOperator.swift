/// ONNX's `LeakyRelu`: x where x ≥ 0, else alpha · x.
struct LeakyReluOperator: UnaryOperator {
    static let name = "LeakyRelu"
    let function: ScalarFunction

    init(_ node: inout NodeReader) throws(Refusal) {
        function = .leakyReLU(slope: try node.float("alpha", default: 0.01))
    }
}
