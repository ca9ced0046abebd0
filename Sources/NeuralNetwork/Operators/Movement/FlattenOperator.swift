/// ONNX's `Flatten`: the axes before and after an axis joined to two.
struct FlattenOperator: ViewOperator {
    static let name = "Flatten"
    private let axis: Int

    init(_ node: inout NodeReader) throws(Refusal) {
        let rank = try node.inputType(0).rank
        let axis = try node.integer("axis", default: 1)
        let resolved = axis < 0 ? axis + rank : axis
        guard (0...rank).contains(resolved) else {
            throw Refusal("axis \(axis) is outside a tensor of \(rank) axes")
        }
        self.axis = resolved
    }

    func outputShape(for shape: [Int]) throws(Refusal) -> [Int] {
        [shape[..<axis].reduce(1, *), shape[axis...].reduce(1, *)]
    }
}
