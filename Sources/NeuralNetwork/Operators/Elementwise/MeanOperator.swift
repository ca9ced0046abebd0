/// ONNX's `Mean`: the mean of all inputs, element by element, with broadcasting.
struct MeanOperator: VariadicOperator {
    static let name = "Mean"
    static let floatFunction = BinaryFunction.add

    init(_ node: inout NodeReader) throws(Refusal) {}

    func combine<Number: TensorNumber>(_ left: Number, _ right: Number) -> Number {
        Number.adding(left, right)
    }

    func finish<Number: TensorNumber>(_ value: Number, inputCount: Int) -> Number {
        .clamping(value.asDouble / Double(inputCount))
    }
}
