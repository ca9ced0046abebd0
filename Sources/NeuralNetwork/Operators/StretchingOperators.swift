/// ONNX's `Expand`: the input stretched to a shape by broadcasting.
struct ExpandOperator: AnyElementOperator {
    static let definition = OperatorDefinition("Expand", inputs: 2...2, read: ExpandOperator.init)
    private let target: [Int]

    init(_ node: inout NodeReader) throws(Refusal) {
        target = try node.requiredShape(1)
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        return [TensorType(input.elementType, try Broadcast.shape(of: [input.shape, target]))]
    }

    func makeStep<Element: TensorElement>(_ type: Element.Type, _ places: StepPlaces) -> Step {
        let input = places.input(0, type)
        let output = places.output(0, type)
        return StridedCopy(
            lengths: output.shape,
            inputStrides: Broadcast.strides(input.shape, to: output.shape)
        ).step(from: input, to: output)
    }
}

/// ONNX's `Tile`: the input repeated along each axis.
struct TileOperator: AnyElementOperator {
    static let definition = OperatorDefinition(
        "Tile",
        since: 6,
        inputs: 2...2,
        read: TileOperator.init
    )
    private let repeats: [Int]

    init(_ node: inout NodeReader) throws(Refusal) {
        let rank = try node.inputType(0).rank
        repeats = try node.requiredIntegers(1, "the repeats")
        guard repeats.count == rank, repeats.allSatisfy({ $0 >= 0 }) else {
            throw Refusal("repeats \(repeats) do not fit \(rank) axes")
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        let shape = zip(input.shape, repeats).map { $0.multipliedReportingOverflow(by: $1) }
        guard !shape.contains(where: \.overflow),
            TensorShape.elementCount(of: shape.map(\.partialValue)) != nil
        else { throw Refusal("repeats of \(repeats) make \(input.shape) too large") }
        return [TensorType(input.elementType, shape.map(\.partialValue))]
    }

    func makeStep<Element: TensorElement>(_ type: Element.Type, _ places: StepPlaces) -> Step {
        let input = places.input(0, type)
        let output = places.output(0, type)
        guard output.count > 0 else { return {} }
        let strides = LoopNest.rowMajorStrides(input.shape)
        let lengths = zip(repeats, input.shape).flatMap { [$0, $1] }
        return StridedCopy(lengths: lengths, inputStrides: strides.flatMap { [0, $0] })
            .step(from: input, to: output)
    }
}

/// ONNX's `Transpose`: the axes in another order.
struct TransposeOperator: AnyElementOperator, TimeLocal {
    static let definition = OperatorDefinition("Transpose", read: TransposeOperator.init)

    /// Output axis `j` is input axis `order[j]`.
    let order: [Int]

    init(_ node: inout NodeReader) throws(Refusal) {
        let rank = try node.inputType(0).rank
        let axes = try node.integers("perm") ?? Array((0..<rank).reversed())
        order = try Axis.resolve(axes, rank: rank)
        guard order.count == rank else {
            throw Refusal("its perm \(axes) does not name all \(rank) axes")
        }
    }

    /// Creates the operator that brings axes into an order.
    init(order: [Int]) {
        self.order = order
    }

    /// Whether only axes of length 1 change places, so that storage stays as it is.
    static func keepsStorage(_ order: [Int], of shape: [Int]) -> Bool {
        let longAxes = order.filter { shape[$0] != 1 }
        return longAxes == longAxes.sorted()
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        return [TensorType(input.elementType, order.map { input.shape[$0] })]
    }

    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        axes[0].flatMap { order.firstIndex(of: $0) }.map { .sameTime(axis: $0) }
    }

    func makeStep<Element: TensorElement>(
        _ type: Element.Type,
        _ places: StepPlaces
    ) -> Step {
        let input = places.input(0, type)
        let output = places.output(0, type)
        let strides = LoopNest.rowMajorStrides(input.shape)
        return StridedCopy(lengths: output.shape, inputStrides: order.map { strides[$0] })
            .step(from: input, to: output)
    }
}
