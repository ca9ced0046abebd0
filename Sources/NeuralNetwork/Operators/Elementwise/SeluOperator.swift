/// ONNX's `Selu`: gamma · (x where x > 0, else alpha · (eˣ − 1)).
struct SeluOperator: UnaryOperator {
    static let name = "Selu"
    let function: ScalarFunction

    init(_ node: inout NodeReader) throws(Refusal) {
        function = .selu(
            alpha: try node.float("alpha", default: 1.673_263_2),
            gamma: try node.float("gamma", default: 1.050_701)
        )
    }
}
