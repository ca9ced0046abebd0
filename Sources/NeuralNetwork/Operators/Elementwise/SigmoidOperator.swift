/// ONNX's `Sigmoid`: 1 / (1 + e⁻ˣ).
struct SigmoidOperator: UnaryOperator {
    static let name = "Sigmoid"
    let function = ScalarFunction.sigmoid

    init(_ node: inout NodeReader) throws(Refusal) {}
}
