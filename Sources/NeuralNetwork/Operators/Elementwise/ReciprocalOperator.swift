/// ONNX's `Reciprocal`: 1 / x.
struct ReciprocalOperator: UnaryOperator {
    static let name = "Reciprocal"
    let function = ScalarFunction.reciprocal

    init(_ node: inout NodeReader) throws(Refusal) {}
}
