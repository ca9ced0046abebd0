/// ONNX's `HannWindow`: Hann's window, periodic or symmetric.
struct HannWindowOperator: CosineWindow {
    static let name = "HannWindow"
    static let coefficients = [0.5, -0.5]
    let window: WindowLength

    init(_ node: inout NodeReader) throws(Refusal) {
        window = try WindowLength(&node)
    }
}
