/// ONNX's `Identity`: the input as it is.
struct IdentityOperator: ViewOperator {
    static let name = "Identity"

    init(_ node: inout NodeReader) throws(Refusal) {}

    func outputShape(for shape: [Int]) throws(Refusal) -> [Int] { shape }
}
