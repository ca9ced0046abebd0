/// ONNX's `Elu`: x where x ≥ 0, else alpha · (eˣ − 1).
struct EluOperator: UnaryOperator {
    static let name = "Elu"
    let function: ScalarFunction

    init(_ node: inout NodeReader) throws(Refusal) {
        function = .elu(alpha: try node.float("alpha", default: 1))
    }
}
