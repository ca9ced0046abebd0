/// ONNX's `Mul`: the product, with broadcasting.
struct MulOperator: BinaryOperator {
    static let name = "Mul"
    static let floatFunction = BinaryFunction.multiply

    init(_ node: inout NodeReader) throws(Refusal) {}

    func combine<Number: TensorNumber>(_ left: Number, _ right: Number) -> Number {
        Number.multiplying(left, right)
    }
}
