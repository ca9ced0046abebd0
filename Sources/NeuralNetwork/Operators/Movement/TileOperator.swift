/// ONNX's `Tile`: the input repeated along each axis.
struct TileOperator: AnyElementOperator {
    static let name = "Tile"
    static let introduced = 6
    static let inputCounts = 2...2
    private let repeats: [Int]

    init(_ node: inout NodeReader) throws(Refusal) {
        let rank = try node.inputType(0).rank
        guard let repeats = try node.constantIntegers(1, "the repeats") else {
            throw Refusal("it lacks input 1")
        }
        guard repeats.count == rank, repeats.allSatisfy({ $0 >= 0 }) else {
            throw Refusal("repeats of \(repeats) for \(rank) axes")
        }
        self.repeats = repeats
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        let shape = zip(input.shape, repeats).map { $0.multipliedReportingOverflow(by: $1) }
        guard !shape.contains(where: \.overflow),
            TensorShape.elementCount(of: shape.map(\.partialValue)) != nil
        else { throw Refusal("repeats of \(repeats) make \(input.shape) too large") }
        return [TensorType(input.elementType, shape.map(\.partialValue))]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        makeStep(moving: places.inputType(0).elementType, places)
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
