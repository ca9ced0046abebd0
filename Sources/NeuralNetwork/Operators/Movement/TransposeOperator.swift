/// ONNX's `Transpose`: the axes in another order.
struct TransposeOperator: AnyElementOperator, TimeLocal {
    static let name = "Transpose"

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

    func makeStep(_ places: StepPlaces) -> Step {
        makeStep(moving: places.inputType(0).elementType, places)
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
