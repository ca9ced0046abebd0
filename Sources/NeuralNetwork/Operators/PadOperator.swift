/// ONNX's `Pad`: the input with a border, or without one where a pad is negative.
struct PadOperator: AnyElementOperator, AxisFlexible, TimeLocal {
    static let definition = OperatorDefinition(
        "Pad",
        since: 11,
        inputs: 2...4,
        read: PadOperator.init
    )

    /// What the border is made of.
    enum Mode: Hashable, Sendable {
        case constant, reflect, edge, wrap
    }

    let mode: Mode
    /// By axis.
    private(set) var before: [Int]
    private(set) var after: [Int]
    /// The number of the border when it is known at load; nil when there is none or it is not.
    let constant: Tensor?

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        switch try node.string("mode", default: "constant") {
        case "constant": mode = .constant
        case "reflect": mode = .reflect
        case "edge": mode = .edge
        case "wrap" where node.opset >= 19: mode = .wrap
        case let other: throw Refusal("its mode is '\(other)'; not supported")
        }
        guard let pads = try node.constantIntegers(1, "the pads") else {
            throw Refusal("its pads are missing")
        }
        let axes = try Axis.resolve(
            try node.constantIntegers(3, "the axes") ?? Array(0..<input.rank),
            rank: input.rank
        )
        guard pads.count == 2 * axes.count else {
            throw Refusal("its \(axes.count) axes do not fit pads \(pads)")
        }
        before = Array(repeating: 0, count: input.rank)
        after = before
        for (index, axis) in axes.enumerated() {
            before[axis] = pads[index]
            after[axis] = pads[axes.count + index]
        }
        if node.hasInput(2) {
            let value = try node.inputType(2)
            guard value.elementType == input.elementType, value.elementCount == 1 else {
                throw Refusal("its constant value \(value) does not fit \(input)")
            }
        }
        constant = node.constant(2)
        let reach = mode == .reflect ? 2 : 1
        for (axis, length) in input.shape.enumerated() where mode != .constant {
            guard length > 0 || before[axis] + after[axis] <= 0 else {
                throw Refusal("axis \(axis) is empty, so it cannot be padded from its own values")
            }
            guard length >= reach || mode != .reflect || max(before[axis], after[axis]) <= 0 else {
                throw Refusal("axis \(axis) of length \(length) is too short for reflection")
            }
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        let shape = input.shape.indices.map { input.shape[$0] + before[$0] + after[$0] }
        guard TensorShape.elementCount(of: shape) != nil else {
            throw Refusal("pads of \(before) and \(after) do not fit \(input.shape)")
        }
        return [TensorType(input.elementType, shape)]
    }

    func makeStep<Element: TensorElement>(_ type: Element.Type, _ places: StepPlaces) -> Step {
        let input = places.input(0, type)
        let output = places.output(0, type)
        let sources = input.shape.indices.map { axis in
            (0..<output.shape[axis]).map {
                source(of: $0 - before[axis], length: input.shape[axis])
            }
        }
        let inputStrides = LoopNest.rowMajorStrides(input.shape)
        let outputStrides = LoopNest.rowMajorStrides(output.shape)
        let known = constant.flatMap { Element.elements(of: $0.values)?.first }
        let given = places.hasInput(2) ? places.input(2, type) : nil
        if mode == .constant, (before + after).allSatisfy({ $0 >= 0 }) {
            let copy = StridedCopy(
                lengths: input.shape,
                inputStrides: inputStrides,
                outputStrides: outputStrides,
                outputOffset: zip(before, outputStrides).reduce(0) { $0 + $1.0 * $1.1 }
            ).step(from: input, to: output)
            if let floats = (output as? TypedView<Float>)?.mutableFloats {
                let (known, given) = (known as? Float, given as? TypedView<Float>)
                return {
                    floats.fill(with: known ?? given?[0] ?? 0)
                    copy()
                }
            }
            return {
                let border = known ?? given?[0] ?? .filler
                for index in 0..<output.count { output[index] = border }
                copy()
            }
        }
        return {
            let border = known ?? given?[0] ?? .filler
            for index in 0..<output.count {
                var remaining = index
                var place: Int? = 0
                for axis in outputStrides.indices {
                    let (along, rest) = remaining.quotientAndRemainder(
                        dividingBy: outputStrides[axis]
                    )
                    remaining = rest
                    guard let base = place, let source = sources[axis][along] else {
                        place = nil
                        break
                    }
                    place = base + source * inputStrides[axis]
                }
                output[index] = place.map { input[$0] } ?? border
            }
        }
    }

    /// The length of each axis's zeros before and after, where the border is known to be zeros.
    var zeros: [(before: Int, after: Int)]? {
        guard mode == .constant, constant.map({ $0.numbers == [0] }) ?? true,
            (before + after).allSatisfy({ (0...1 << 24).contains($0) })
        else { return nil }
        return Array(zip(before, after)).map { (before: $0.0, after: $0.1) }
    }

    /// The place along an axis that the output takes its element from; nil for the border.
    private func source(of place: Int, length: Int) -> Int? {
        if place >= 0, place < length { return place }
        switch mode {
        case .constant: return nil
        case .edge: return min(max(place, 0), length - 1)
        case .wrap: return ((place % length) + length) % length
        case .reflect:
            let period = 2 * (length - 1)
            let folded = ((place % period) + period) % period
            return min(folded, period - folded)
        }
    }

    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        guard let time = axes[0], before[time] == 0, after[time] == 0 else { return nil }
        return .sameTime(axis: time)
    }

    func reordered(_ order: AxisOrder) -> (operation: any Operator, outputOrder: AxisOrder)? {
        var copy = self
        copy.before = order.stored(before)
        copy.after = order.stored(after)
        return (copy, order)
    }
}
