/// ONNX's `Round`: the nearest integer, halves to the even one.
struct RoundOperator: UnaryOperator {
    static let name = "Round"
    static let introduced = 11
    let function = ScalarFunction.round

    init(_ node: inout NodeReader) throws(Refusal) {}
}
