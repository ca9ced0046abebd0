/// ONNX's `Sign`: −1, 0 or 1 as x is below, at or above 0.
struct SignOperator: NumericUnaryOperator {
    static let name = "Sign"
    let function: ScalarFunction? = nil

    init(_ node: inout NodeReader) throws(Refusal) {}

    func apply<Number: TensorNumber>(to value: Number) -> Number {
        value > 0 ? 1 : value < 0 ? Number.negating(1) : 0
    }
}
