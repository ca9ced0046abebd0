/// ONNX's `Split`: parts of the input along an axis.
struct SplitOperator: AnyElementOperator, AxisFlexible, TimeLocal {
    static let name = "Split"
    static let inputCounts = 1...2
    static let outputCounts = 1...4096
    private var axis: Int
    private let lengths: [Int]

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        axis = try Axis.resolve(try node.integer("axis", default: 0), rank: input.rank)
        let total = input.shape[axis]
        let count = try node.integer("num_outputs", default: node.outputCount)
        let given =
            node.opset >= 13
            ? try node.constantIntegers(1, "the split") : try node.integers("split")
        if let given {
            lengths = given
        } else {
            guard count >= 1, count == node.outputCount else {
                throw Refusal("it names \(node.outputCount) outputs instead of \(count)")
            }
            let part = (total + count - 1) / count
            guard total % count == 0 || node.opset >= 18, part * (count - 1) <= total else {
                throw Refusal("\(total) does not split into \(count) equal parts")
            }
            lengths = (0..<count).map { min(part, total - $0 * part) }
        }
        guard lengths.allSatisfy({ $0 >= 0 }), lengths.reduce(0, +) == total else {
            throw Refusal("parts of \(lengths) do not make up \(total)")
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        return lengths.map { length in
            var shape = input.shape
            shape[axis] = length
            return TensorType(input.elementType, shape)
        }
    }

    func makeStep(_ places: StepPlaces) -> Step {
        makeStep(moving: places.inputType(0).elementType, places)
    }

    func makeStep<Element: TensorElement>(_ type: Element.Type, _ places: StepPlaces) -> Step {
        let input = places.input(0, type)
        let strides = LoopNest.rowMajorStrides(input.shape)
        var parts: [Step] = []
        var start = 0
        for (index, length) in lengths.enumerated() {
            if places.hasOutput(index) {
                let output = places.output(index, type)
                let copy = StridedCopy(
                    lengths: output.shape,
                    inputStrides: strides,
                    inputOffset: start * strides[axis]
                )
                parts.append(copy.step(from: input, to: output))
            }
            start += length
        }
        return { [parts] in for part in parts { part() } }
    }

    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        guard let time = axes[0], time != axis else { return nil }
        return .sameTime(axis: time)
    }

    func reordered(_ order: AxisOrder) -> (operation: any Operator, outputOrder: AxisOrder)? {
        var copy = self
        copy.axis = order.position(of: axis)
        return (copy, order)
    }
}
