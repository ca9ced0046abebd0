/// ONNX's `BlackmanWindow`: Blackman's window, periodic or symmetric.
struct BlackmanWindowOperator: CosineWindow {
    static let name = "BlackmanWindow"
    static let coefficients = [0.42, -0.5, 0.08]
    let window: WindowLength

    init(_ node: inout NodeReader) throws(Refusal) {
        window = try WindowLength(&node)
    }
}
