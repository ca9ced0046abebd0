/// ONNX's `Relu`: x where x ≥ 0, else 0.
struct ReluOperator: NumericUnaryOperator {
    static let name = "Relu"
    let function: ScalarFunction? = .relu

    init(_ node: inout NodeReader) throws(Refusal) {}

    func apply<Number: TensorNumber>(to value: Number) -> Number {
        value < 0 ? 0 : value
    }
}
