/// ONNX's `Concat`: values one after the other along an axis.
struct ConcatOperator: AnyElementOperator, AxisFlexible, TimeLocal {
    static let definition = OperatorDefinition(
        "Concat",
        inputs: 1...4096,
        read: ConcatOperator.init
    )
    private(set) var axis: Int

    init(_ node: inout NodeReader) throws(Refusal) {
        guard let axis = try node.integer("axis") else {
            throw Refusal("attribute 'axis' is missing")
        }
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

/// ONNX's `Split`: parts of the input along an axis.
struct SplitOperator: AnyElementOperator, AxisFlexible, TimeLocal {
    static let definition = OperatorDefinition(
        "Split",
        inputs: 1...2,
        outputs: 1...4096,
        read: SplitOperator.init
    )
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
                throw Refusal("it has \(node.outputCount) outputs instead of \(count)")
            }
            let part = (total + count - 1) / count
            guard total % count == 0 || node.opset >= 18, part * (count - 1) <= total else {
                throw Refusal("\(total) does not split into \(count) equal parts")
            }
            lengths = (0..<count).map { min(part, total - $0 * part) }
        }
        guard lengths.allSatisfy({ $0 >= 0 }), lengths.reduce(0, +) == total else {
            throw Refusal("parts \(lengths) do not add up to \(total)")
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
