/// ONNX's `Exp`: eˣ.
struct ExpOperator: UnaryOperator {
    static let name = "Exp"
    let function = ScalarFunction.exp

    init(_ node: inout NodeReader) throws(Refusal) {}
}
