/// ONNX's `GreaterOrEqual`: whether the left element is not below the right, with broadcasting.
struct GreaterOrEqualOperator: ComparisonOperator {
    static let name = "GreaterOrEqual"
    static let introduced = 12

    init(_ node: inout NodeReader) throws(Refusal) {}

    func compare<Number: TensorNumber>(_ left: Number, _ right: Number) -> Bool {
        left >= right
    }
}
