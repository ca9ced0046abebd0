/// Which axes a reduction takes together, and whether they stay with length 1.
struct ReducedAxes: Sendable {
    let rank: Int
    /// The axes, counted from the front, in ascending order.
    let resolved: [Int]
    let keepsAxes: Bool

    init(rank: Int, resolved: [Int], keepsAxes: Bool) {
        self.rank = rank
        self.resolved = resolved.sorted()
        self.keepsAxes = keepsAxes
    }

    /// Reads the axes from an attribute or, in newer opsets, from an input.
    ///
    /// They are an input from opset `inputSince` on.
    init(_ node: inout NodeReader, inputSince: Int) throws(Refusal) {
        rank = try node.inputType(0).rank
        keepsAxes = try node.flag("keepdims", default: true)
        var axes: [Int]?
        var emptyMeansNone = false
        if node.opset >= inputSince {
            axes = try node.constantIntegers(1, "the axes")
            emptyMeansNone = try node.flag("noop_with_empty_axes", default: false)
        } else {
            axes = try node.integers("axes")
            guard !node.hasInput(1) else {
                throw Refusal("its axes are an input only from opset \(inputSince) on")
            }
        }
        if let axes, !axes.isEmpty {
            resolved = try Axis.resolve(axes, rank: rank).sorted()
        } else {
            resolved = emptyMeansNone ? [] : Array(0..<rank)
        }
    }

    /// The shape that is left.
    func outputShape(for shape: [Int]) -> [Int] {
        shape.enumerated().compactMap { axis, length in
            guard resolved.contains(axis) else { return length }
            return keepsAxes ? 1 : nil
        }
    }

    /// The axes of a value stored in another order.
    func reordered(_ order: AxisOrder) -> ReducedAxes {
        ReducedAxes(
            rank: rank,
            resolved: resolved.map { order.position(of: $0) },
            keepsAxes: keepsAxes
        )
    }

    /// The loops over what stays and over what is reduced; the input is operand 0 of both, the
    /// output operand 1 of the first.
    func loops(_ shape: [Int]) -> (kept: LoopNest, reduced: LoopNest) {
        let strides = LoopNest.rowMajorStrides(shape)
        let keptAxes = shape.indices.filter { !resolved.contains($0) }
        let keptShape = keptAxes.map { shape[$0] }
        let kept = LoopNest(
            lengths: keptShape,
            strides: [keptAxes.map { strides[$0] }, LoopNest.rowMajorStrides(keptShape)]
        )
        let reduced = LoopNest(
            lengths: resolved.map { shape[$0] },
            strides: [resolved.map { strides[$0] }]
        )
        return (kept, reduced)
    }
}
