/// ONNX's `ArgMin`: where along an axis the least number is.
struct ArgMinOperator: ArgExtremeOperator {
    static let name = "ArgMin"
    let search: AxisSearch

    init(_ node: inout NodeReader) throws(Refusal) {
        search = try AxisSearch(&node)
    }

    static func isBetter<Number: TensorNumber>(_ number: Number, than best: Number) -> Bool {
        number < best
    }
}
