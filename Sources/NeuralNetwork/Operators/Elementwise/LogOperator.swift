/// ONNX's `Log`: the natural logarithm.
struct LogOperator: UnaryOperator {
    static let name = "Log"
    let function = ScalarFunction.log

    init(_ node: inout NodeReader) throws(Refusal) {}
}
