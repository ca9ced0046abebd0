/// ONNX's `Ceil`: the least integer that is not below x.
struct CeilOperator: UnaryOperator {
    static let name = "Ceil"
    let function = ScalarFunction.ceiling

    init(_ node: inout NodeReader) throws(Refusal) {}
}
