/// ONNX's `Softplus`: ln(1 + eˣ).
struct SoftplusOperator: UnaryOperator {
    static let name = "Softplus"
    let function = UnaryFunction.softplus

    init(_ node: inout NodeReader) throws(Refusal) {}
}
