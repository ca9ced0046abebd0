/// ONNX's `LeakyRelu`: x where x ≥ 0, else alpha · x.
struct LeakyReluOperator: UnaryOperator {
    static let name = "LeakyRelu"
    let function: UnaryFunction

    init(_ node: inout NodeReader) throws(Refusal) {
        function = .leakyRelu(slope: try node.float("alpha", default: 0.01))
    }
}
