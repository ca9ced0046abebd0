/// ONNX's `Or`: whether at least one of two truth values holds, with broadcasting.
struct OrOperator: LogicalOperator {
    static let name = "Or"

    init(_ node: inout NodeReader) throws(Refusal) {}

    func combine(_ left: Bool, _ right: Bool) -> Bool { left || right }
}
