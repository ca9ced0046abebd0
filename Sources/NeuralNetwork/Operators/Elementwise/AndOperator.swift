/// ONNX's `And`: whether both of two truth values hold, with broadcasting.
struct AndOperator: LogicalOperator {
    static let name = "And"

    init(_ node: inout NodeReader) throws(Refusal) {}

    func combine(_ left: Bool, _ right: Bool) -> Bool { left && right }
}
