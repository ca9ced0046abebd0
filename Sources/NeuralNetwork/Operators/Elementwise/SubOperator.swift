/// ONNX's `Sub`: the difference, with broadcasting.
struct SubOperator: BinaryOperator {
    static let name = "Sub"
    static let floatFunction = BinaryFunction.subtract

    init(_ node: inout NodeReader) throws(Refusal) {}

    func combine<Number: TensorNumber>(_ left: Number, _ right: Number) -> Number {
        Number.subtracting(left, right)
    }
}
