/// ONNX's `Erf`: the Gauss error function.
struct ErfOperator: UnaryOperator {
    static let name = "Erf"
    static let introduced = 9
    let function = ScalarFunction.erf

    init(_ node: inout NodeReader) throws(Refusal) {}
}
