/// ONNX's `ArgMax`: where along an axis the greatest number is.
struct ArgMaxOperator: ArgExtremeOperator {
    static let name = "ArgMax"
    let search: AxisSearch

    init(_ node: inout NodeReader) throws(Refusal) {
        search = try AxisSearch(&node)
    }

    static func isBetter<Number: TensorNumber>(_ number: Number, than best: Number) -> Bool {
        number > best
    }
}
