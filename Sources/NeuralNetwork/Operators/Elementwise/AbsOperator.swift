/// ONNX's `Abs`: the absolute value.
struct AbsOperator: NumericUnaryOperator {
    static let name = "Abs"
    let function: ScalarFunction? = .absolute

    init(_ node: inout NodeReader) throws(Refusal) {}

    func apply<Number: TensorNumber>(to value: Number) -> Number {
        Number.magnitude(of: value)
    }
}
