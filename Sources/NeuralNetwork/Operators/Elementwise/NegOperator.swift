/// ONNX's `Neg`: −x.
struct NegOperator: NumericUnaryOperator {
    static let name = "Neg"
    let function: ScalarFunction? = .negate

    init(_ node: inout NodeReader) throws(Refusal) {}

    func apply<Number: TensorNumber>(to value: Number) -> Number {
        Number.negating(value)
    }
}
