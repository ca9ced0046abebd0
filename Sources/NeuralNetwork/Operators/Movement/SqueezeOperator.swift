/// ONNX's `Squeeze`: axes of length 1 taken away.
struct SqueezeOperator: ViewOperator, AxisFlexible {
    static let name = "Squeeze"
    static let inputCounts = 1...2
    private var axes: Set<Int>

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        let given =
            node.opset >= 13 ? try node.constantIntegers(1, "the axes") : try node.integers("axes")
        if let given {
            axes = Set(try Axis.resolve(given, rank: input.rank))
            guard axes.allSatisfy({ input.shape[$0] == 1 }) else {
                throw Refusal("axes \(given) of \(input.shape) are not all of length 1")
            }
        } else {
            axes = Set(input.shape.indices.filter { input.shape[$0] == 1 })
        }
    }

    func outputShape(for shape: [Int]) throws(Refusal) -> [Int] {
        shape.enumerated().filter { !axes.contains($0.offset) }.map(\.element)
    }

    func reordered(_ order: AxisOrder) -> (operation: any Operator, outputOrder: AxisOrder)? {
        var copy = self
        copy.axes = Set(axes.map { order.position(of: $0) })
        return (copy, order.removing(axes))
    }
}
