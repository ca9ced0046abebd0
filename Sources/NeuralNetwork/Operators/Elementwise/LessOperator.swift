/// ONNX's `Less`: whether the left element is below the right, with broadcasting.
struct LessOperator: ComparisonOperator {
    static let name = "Less"

    init(_ node: inout NodeReader) throws(Refusal) {}

    func compare<Number: TensorNumber>(_ left: Number, _ right: Number) -> Bool {
        left < right
    }
}
