/// ONNX's `HammingWindow`: Hamming's window, periodic or symmetric.
struct HammingWindowOperator: CosineWindow {
    static let name = "HammingWindow"
    static let coefficients = [25.0 / 46, -21.0 / 46]
    let window: WindowLength

    init(_ node: inout NodeReader) throws(Refusal) {
        window = try WindowLength(&node)
    }
}
