/// ONNX's `Softplus`: ln(1 + eˣ).
struct SoftplusOperator: UnaryOperator {
    static let name = "Softplus"
    let function = ScalarFunction.softplus

    init(_ node: inout NodeReader) throws(Refusal) {}
}
