/// ONNX's `Sum`: the sum of all inputs, element by element, with broadcasting.
struct SumOperator: VariadicOperator {
    static let name = "Sum"
    static let floatFunction = BinaryFunction.add

    init(_ node: inout NodeReader) throws(Refusal) {}

    func combine<Number: TensorNumber>(_ left: Number, _ right: Number) -> Number {
        Number.adding(left, right)
    }
}
