/// ONNX's `Softsign`: x / (1 + |x|).
struct SoftsignOperator: UnaryOperator {
    static let name = "Softsign"
    let function = ScalarFunction.softsign

    init(_ node: inout NodeReader) throws(Refusal) {}
}
