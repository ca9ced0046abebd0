/// ONNX's `LogSoftmax`: the logarithm of softmax along an axis.
struct LogSoftmaxOperator: SoftmaxFamily {
    static let name = "LogSoftmax"
    static let isLogarithm = true
    var axis: SoftmaxAxis

    init(_ node: inout NodeReader) throws(Refusal) {
        axis = try SoftmaxAxis(&node)
    }
}
