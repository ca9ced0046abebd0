/// ONNX's `Slice`: every so many elements between two places along each axis.
struct SliceOperator: AnyElementOperator, AxisFlexible, TimeLocal {
    static let definition = OperatorDefinition(
        "Slice",
        since: 10,
        inputs: 3...5,
        read: SliceOperator.init
    )

    /// What is taken of one axis.
    private struct Cut: Sendable {
        var start = 0
        var step = 1
        var count: Int
    }

    private var cuts: [Cut]

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        guard let starts = try node.constantIntegers(1, "the starts"),
            let ends = try node.constantIntegers(2, "the ends")
        else { throw Refusal("its starts and ends are missing") }
        let axes = try node.constantIntegers(3, "the axes") ?? Array(starts.indices)
        let steps =
            try node.constantIntegers(4, "the steps") ?? [Int](repeating: 1, count: starts.count)
        guard starts.count == ends.count, axes.count == starts.count, steps.count == starts.count
        else { throw Refusal("it has \(starts.count) starts and \(ends.count) ends") }
        cuts = input.shape.map { Cut(count: $0) }
        for (index, axis) in try Axis.resolve(axes, rank: input.rank).enumerated() {
            cuts[axis] = try Self.cut(
                starts[index],
                ends[index],
                steps[index],
                length: input.shape[axis]
            )
        }
    }

    /// Starts and ends count from the back when negative, and stop at the ends of the axis.
    private static func cut(
        _ start: Int,
        _ end: Int,
        _ step: Int,
        length: Int
    ) throws(Refusal) -> Cut {
        guard step != 0 else { throw Refusal("its step is 0") }
        let lowest = step > 0 ? 0 : -1
        let highest = step > 0 ? length : length - 1
        let first = min(max(start < 0 ? start + length : start, max(lowest, 0)), highest)
        let last = min(max(end < 0 ? end + length : end, lowest), highest)
        let span = step > 0 ? last - first : first - last
        let stride = step > 0 ? step : -step
        return Cut(start: max(first, 0), step: step, count: max(0, (span + stride - 1) / stride))
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [TensorType(try inputs.required(0).elementType, cuts.map(\.count))]
    }

    func makeStep<Element: TensorElement>(_ type: Element.Type, _ places: StepPlaces) -> Step {
        let input = places.input(0, type)
        let output = places.output(0, type)
        guard output.count > 0 else { return {} }
        let strides = LoopNest.rowMajorStrides(input.shape)
        let copy = StridedCopy(
            lengths: output.shape,
            inputStrides: zip(strides, cuts).map { $0 * $1.step },
            inputOffset: zip(strides, cuts).reduce(0) { $0 + $1.0 * $1.1.start }
        )
        return copy.step(from: input, to: output)
    }

    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        guard let time = axes[0], let length = types[0]?.shape[time], cuts[time].start == 0,
            cuts[time].step == 1, cuts[time].count == length
        else { return nil }
        return .sameTime(axis: time)
    }

    func padded(timeAxis: Int, types: [TensorType?], before: Int, after: Int) -> any Operator {
        var copy = self
        copy.cuts[timeAxis].count = types[0]?.shape[timeAxis] ?? cuts[timeAxis].count
        return copy
    }

    func reordered(_ order: AxisOrder) -> (operation: any Operator, outputOrder: AxisOrder)? {
        var copy = self
        copy.cuts = order.stored(cuts)
        return (copy, order)
    }
}
