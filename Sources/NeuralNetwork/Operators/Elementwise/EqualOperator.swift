/// ONNX's `Equal`: whether two elements are equal, with broadcasting.
struct EqualOperator: ComparisonOperator {
    static let name = "Equal"

    init(_ node: inout NodeReader) throws(Refusal) {}

    func compare<Number: TensorNumber>(_ left: Number, _ right: Number) -> Bool {
        left == right
    }
}
