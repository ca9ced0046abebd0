/// ONNX's `Concat`: values one after the other along an axis.
struct ConcatOperator: AnyElementOperator, AxisFlexible, TimeLocal {
    static let name = "Concat"
    static let inputCounts = 1...4096
    private(set) var axis: Int

    init(_ node: inout NodeReader) throws(Refusal) {
        guard let axis = try node.integer("axis") else { throw Refusal("it lacks 'axis'") }
        self.axis = try Axis.resolve(axis, rank: node.inputType(0).rank)
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let first = try inputs.required(0)
        var shape = first.shape
        shape[axis] = 0
        for index in inputs.indices {
            let input = try inputs.required(index)
            let fits =
                input.elementType == first.elementType && input.rank == first.rank
                && shape.indices.allSatisfy { $0 == axis || input.shape[$0] == shape[$0] }
            guard fits else {
                throw Refusal("\(first) and \(input) do not fit together along axis \(axis)")
            }
            shape[axis] += input.shape[axis]
        }
        return [TensorType(first.elementType, shape)]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        makeStep(moving: places.inputType(0).elementType, places)
    }

    func makeStep<Element: TensorElement>(
        _ type: Element.Type,
        _ places: StepPlaces
    ) -> Step {
        let output = places.output(0, type)
        let outputStrides = LoopNest.rowMajorStrides(output.shape)
        var parts: [Step] = []
        var start = 0
        for index in places.inputs.indices {
            let input = places.input(index, type)
            let copy = StridedCopy(
                lengths: input.shape,
                inputStrides: LoopNest.rowMajorStrides(input.shape),
                outputStrides: outputStrides,
                outputOffset: start * outputStrides[axis]
            )
            parts.append(copy.step(from: input, to: output))
            start += input.shape[axis]
        }
        return { [parts] in for part in parts { part() } }
    }

    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        guard let time = axes[0], time != axis, axes.allSatisfy({ $0 == time }) else { return nil }
        return .sameTime(axis: time)
    }

    func reordered(_ order: AxisOrder) -> (operation: any Operator, outputOrder: AxisOrder)? {
        var copy = self
        copy.axis = order.position(of: axis)
        return (copy, order)
    }
}
