/// Which scale and zero point belong to an element: one for all, one a place along an axis, or one
/// a block of places.
struct QuantizedAxis: Sendable {
    private let inner: Int
    private let length: Int
    private let block: Int
    private let scaleCount: Int
    private let isScalar: Bool

    /// Checks a scale against the tensor that it scales; input 1 of the node is the scale.
    init(_ node: inout NodeReader, shape: [Int]) throws(Refusal) {
        let scale = try node.inputType(1)
        let axis = try node.integer("axis", default: 1)
        let blockSize = try node.integer("block_size", default: 0)
        isScalar = scale.elementCount == 1 && scale.rank <= 1
        guard !isScalar else {
            (inner, length, block, scaleCount) = (1, 1, 1, 1)
            return
        }
        let resolved = try Axis.resolve(axis, rank: shape.count)
        inner = shape[(resolved + 1)...].reduce(1, *)
        length = shape[resolved]
        if blockSize == 0 {
            guard scale.shape == [length] else {
                throw Refusal("a scale of \(scale.shape) for axis \(resolved) of \(shape)")
            }
            (block, scaleCount) = (0, length)
            return
        }
        var expected = shape
        guard blockSize > 0 else { throw Refusal("its block_size is \(blockSize)") }
        expected[resolved] = (length + blockSize - 1) / blockSize
        guard scale.shape == expected else {
            throw Refusal("a scale of \(scale.shape) in blocks of \(blockSize) for \(shape)")
        }
        (block, scaleCount) = (blockSize, expected[resolved])
    }

    /// Where the scale of an element is.
    @inline(__always)
    func scaleIndex(of element: Int) -> Int {
        if isScalar { return 0 }
        let place = element / inner % length
        guard block > 0 else { return place }
        return (element / (inner * length) * scaleCount + place / block) * inner + element % inner
    }
}
