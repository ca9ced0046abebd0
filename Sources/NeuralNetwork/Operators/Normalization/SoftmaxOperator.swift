/// ONNX's `Softmax`: exponentials along an axis, divided by their sum.
struct SoftmaxOperator: SoftmaxFamily {
    static let name = "Softmax"
    static let isLogarithm = false
    var axis: SoftmaxAxis

    init(_ node: inout NodeReader) throws(Refusal) {
        axis = try SoftmaxAxis(&node)
    }
}
