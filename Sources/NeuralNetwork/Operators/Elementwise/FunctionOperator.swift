/// A function that no single operator of the model is, found by fusion.
struct FunctionOperator: UnaryOperator {
    static let name = "Function"
    let function: ScalarFunction

    init(function: ScalarFunction) {
        self.function = function
    }

    init(_ node: inout NodeReader) throws(Refusal) {
        throw Refusal("the operator is not supported")
    }
}
