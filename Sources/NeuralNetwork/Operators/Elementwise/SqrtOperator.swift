/// ONNX's `Sqrt`: the square root.
struct SqrtOperator: UnaryOperator {
    static let name = "Sqrt"
    let function = ScalarFunction.squareRoot

    init(_ node: inout NodeReader) throws(Refusal) {}
}
