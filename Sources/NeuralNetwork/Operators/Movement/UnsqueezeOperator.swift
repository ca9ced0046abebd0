/// ONNX's `Unsqueeze`: axes of length 1 put in.
struct UnsqueezeOperator: ViewOperator {
    static let name = "Unsqueeze"
    static let inputCounts = 1...2
    private let axes: [Int]

    init(_ node: inout NodeReader) throws(Refusal) {
        let rank = try node.inputType(0).rank
        let given =
            node.opset >= 13 ? try node.constantIntegers(1, "the axes") : try node.integers("axes")
        guard let given else { throw Refusal("it lacks the axes") }
        guard given.count <= 16 else { throw Refusal("it adds \(given.count) axes") }
        axes = try Axis.resolve(given, rank: rank + given.count).sorted()
    }

    func outputShape(for shape: [Int]) throws(Refusal) -> [Int] {
        var result = shape
        for axis in axes { result.insert(1, at: axis) }
        return result
    }
}
