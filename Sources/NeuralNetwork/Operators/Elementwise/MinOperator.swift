/// ONNX's `Min`: the least of all inputs, element by element, with broadcasting.
struct MinOperator: VariadicOperator {
    static let name = "Min"
    static let floatFunction = BinaryFunction.minimum

    init(_ node: inout NodeReader) throws(Refusal) {}

    func combine<Number: TensorNumber>(_ left: Number, _ right: Number) -> Number {
        right < left || right.isNotANumber ? right : left
    }
}
