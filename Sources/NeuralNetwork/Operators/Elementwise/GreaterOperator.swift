/// ONNX's `Greater`: whether the left element is above the right, with broadcasting.
struct GreaterOperator: ComparisonOperator {
    static let name = "Greater"

    init(_ node: inout NodeReader) throws(Refusal) {}

    func compare<Number: TensorNumber>(_ left: Number, _ right: Number) -> Bool {
        left > right
    }
}
