/// ONNX's `Xor`: whether exactly one of two truth values holds, with broadcasting.
struct XorOperator: LogicalOperator {
    static let name = "Xor"

    init(_ node: inout NodeReader) throws(Refusal) {}

    func combine(_ left: Bool, _ right: Bool) -> Bool { left != right }
}
