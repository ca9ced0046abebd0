/// ONNX's `Floor`: the greatest integer that is not above x.
struct FloorOperator: UnaryOperator {
    static let name = "Floor"
    let function = ScalarFunction.floor

    init(_ node: inout NodeReader) throws(Refusal) {}
}
