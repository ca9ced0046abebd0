/// ONNX's `Max`: the greatest of all inputs, element by element, with broadcasting.
struct MaxOperator: VariadicOperator {
    static let name = "Max"
    static let floatFunction = BinaryFunction.maximum

    init(_ node: inout NodeReader) throws(Refusal) {}

    func combine<Number: TensorNumber>(_ left: Number, _ right: Number) -> Number {
        right > left || right.isNotANumber ? right : left
    }
}
