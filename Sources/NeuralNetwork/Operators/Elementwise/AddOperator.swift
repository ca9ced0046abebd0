/// ONNX's `Add`: the sum, with broadcasting.
struct AddOperator: BinaryOperator {
    static let name = "Add"
    static let floatFunction = BinaryFunction.add

    init(_ node: inout NodeReader) throws(Refusal) {}

    func combine<Number: TensorNumber>(_ left: Number, _ right: Number) -> Number {
        Number.adding(left, right)
    }
}
