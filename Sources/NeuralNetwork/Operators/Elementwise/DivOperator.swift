/// ONNX's `Div`: the quotient; an integer divided by 0 gives 0, with broadcasting.
struct DivOperator: BinaryOperator {
    static let name = "Div"
    static let floatFunction = BinaryFunction.divide

    init(_ node: inout NodeReader) throws(Refusal) {}

    func combine<Number: TensorNumber>(_ left: Number, _ right: Number) -> Number {
        Number.dividing(left, by: right)
    }
}
