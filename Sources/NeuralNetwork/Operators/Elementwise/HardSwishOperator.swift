/// ONNX's `HardSwish`: x · (x / 6 + 1/2 kept between 0 and 1).
struct HardSwishOperator: UnaryOperator {
    static let name = "HardSwish"
    static let introduced = 14
    let function = ScalarFunction.hardSwish

    init(_ node: inout NodeReader) throws(Refusal) {}
}
