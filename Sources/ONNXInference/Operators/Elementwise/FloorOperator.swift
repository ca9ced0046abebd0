/// ONNX's `Floor`: the greatest integer that is not above x.
struct FloorOperator: UnaryOperator {
    static let name = "Floor"
    let function = UnaryFunction.floor

    init(_ node: inout NodeReader) throws(Refusal) {}
}
