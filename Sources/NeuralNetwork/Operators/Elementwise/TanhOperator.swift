/// ONNX's `Tanh`: the hyperbolic tangent.
struct TanhOperator: UnaryOperator {
    static let name = "Tanh"
    let function = ScalarFunction.tanh

    init(_ node: inout NodeReader) throws(Refusal) {}
}
