/// ONNX's `LessOrEqual`: whether the left element is not above the right, with broadcasting.
struct LessOrEqualOperator: ComparisonOperator {
    static let name = "LessOrEqual"
    static let introduced = 12

    init(_ node: inout NodeReader) throws(Refusal) {}

    func compare<Number: TensorNumber>(_ left: Number, _ right: Number) -> Bool {
        left <= right
    }
}
