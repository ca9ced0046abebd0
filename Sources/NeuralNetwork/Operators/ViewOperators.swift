/// The first input under another shape, sharing its storage; what reshaping operators become.
protocol ViewOperator: Operator {
    /// The shape of the output for an input of the given shape.
    func outputShape(for shape: [Int]) throws(Refusal) -> [Int]
}

extension ViewOperator {
    var isView: Bool { true }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        let shape = try outputShape(for: input.shape)
        guard TensorShape.elementCount(of: shape) == input.elementCount else {
            throw Refusal("\(input.shape) cannot be reshaped to \(shape)")
        }
        return [TensorType(input.elementType, shape)]
    }

    func makeStep(_ places: StepPlaces) -> Step { {} }
}

/// ONNX's `Identity`: the input as it is.
struct IdentityOperator: ViewOperator {
    static let definition = OperatorDefinition("Identity") { _ in IdentityOperator() }

    func outputShape(for shape: [Int]) throws(Refusal) -> [Int] { shape }
}

/// ONNX's `Flatten`: the axes before and after an axis joined to two.
struct FlattenOperator: ViewOperator {
    static let definition = OperatorDefinition("Flatten", read: FlattenOperator.init)
    private let axis: Int

    init(_ node: inout NodeReader) throws(Refusal) {
        let rank = try node.inputType(0).rank
        let axis = try node.integer("axis", default: 1)
        let resolved = axis < 0 ? axis + rank : axis
        guard (0...rank).contains(resolved) else {
            throw Refusal("axis \(axis) is out of range for a tensor with \(rank) axes")
        }
        self.axis = resolved
    }

    func outputShape(for shape: [Int]) throws(Refusal) -> [Int] {
        [shape[..<axis].reduce(1, *), shape[axis...].reduce(1, *)]
    }
}

/// ONNX's `Reshape`: the same numbers under another shape.
struct ReshapeOperator: ViewOperator {
    static let definition = OperatorDefinition("Reshape", inputs: 2...2, read: ReshapeOperator.init)
    private let target: [Int]
    private let zeroIsZero: Bool

    init(_ node: inout NodeReader) throws(Refusal) {
        target = try node.requiredIntegers(1, "the shape")
        zeroIsZero = try node.flag("allowzero", default: false)
    }

    /// Creates the operator that gives a value a shape.
    init(shape: [Int]) {
        target = shape
        zeroIsZero = true
    }

    func outputShape(for shape: [Int]) throws(Refusal) -> [Int] {
        var result: [Int] = []
        var open: Int?
        var known = 1
        for (axis, length) in target.enumerated() {
            var length = length
            if length == 0, !zeroIsZero {
                guard axis < shape.count else {
                    throw Refusal("\(shape) has no axis \(axis) to copy into \(target)")
                }
                length = shape[axis]
            }
            if length == -1 {
                guard open == nil else { throw Refusal("the shape \(target) has more than one -1") }
                open = axis
            } else {
                guard length >= 0 else { throw Refusal("the shape \(target) has a negative axis") }
                let (product, overflow) = known.multipliedReportingOverflow(by: length)
                guard !overflow else { throw Refusal("the shape \(target) is too large") }
                known = product
            }
            result.append(length)
        }
        if let open {
            let count = shape.reduce(1, *)
            guard known > 0, count % known == 0 else {
                throw Refusal("\(shape) cannot be reshaped to \(target)")
            }
            result[open] = count / known
        }
        return result
    }
}

/// ONNX's `Squeeze`: axes of length 1 taken away.
struct SqueezeOperator: ViewOperator, AxisFlexible {
    static let definition = OperatorDefinition("Squeeze", inputs: 1...2, read: SqueezeOperator.init)
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

/// ONNX's `Unsqueeze`: axes of length 1 put in.
struct UnsqueezeOperator: ViewOperator {
    static let definition = OperatorDefinition(
        "Unsqueeze",
        inputs: 1...2,
        read: UnsqueezeOperator.init
    )
    private let axes: [Int]

    init(_ node: inout NodeReader) throws(Refusal) {
        let rank = try node.inputType(0).rank
        let given =
            node.opset >= 13 ? try node.constantIntegers(1, "the axes") : try node.integers("axes")
        guard let given else { throw Refusal("its axes are missing") }
        guard given.count <= 16 else {
            throw Refusal("it adds \(given.count) axes; at most 16 are supported")
        }
        axes = try Axis.resolve(given, rank: rank + given.count).sorted()
    }

    func outputShape(for shape: [Int]) throws(Refusal) -> [Int] {
        var result = shape
        for axis in axes { result.insert(1, at: axis) }
        return result
    }
}

/// ONNX's `Dropout` outside training: the input as it is, and a mask of nothing but true.
struct DropoutOperator: AnyElementOperator {
    static let definition = OperatorDefinition(
        "Dropout",
        inputs: 1...3,
        outputs: 1...2,
        read: DropoutOperator.init
    )
    private let wantsMask: Bool

    init(_ node: inout NodeReader) throws(Refusal) {
        _ = try node.float("ratio")
        _ = try node.integer("seed")
        _ = node.constant(1)
        if node.hasInput(2) {
            guard case .bool(let training)? = node.constant(2)?.values, training == [false] else {
                throw Refusal("training mode is not supported")
            }
        }
        wantsMask = node.hasOutput(1)
    }

    var isView: Bool { !wantsMask }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        return [input, TensorType(.bool, input.shape)]
    }

    func makeStep<Element: TensorElement>(_ type: Element.Type, _ places: StepPlaces) -> Step {
        let input = places.input(0, type)
        let output = places.hasOutput(0) ? places.output(0, type) : nil
        let mask = places.hasOutput(1) ? places.output(1, Bool.self) : nil
        return {
            for index in 0..<input.count {
                output?[index] = input[index]
                mask?[index] = true
            }
        }
    }
}
