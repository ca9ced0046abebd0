/// ONNX's `Expand`: the input stretched to a shape by broadcasting.
struct ExpandOperator: AnyElementOperator {
    static let name = "Expand"
    static let inputCounts = 2...2
    private let target: [Int]

    init(_ node: inout NodeReader) throws(Refusal) {
        guard let shape = try node.constantIntegers(1, "the shape") else {
            throw Refusal("it lacks input 1")
        }
        guard TensorShape.elementCount(of: shape) != nil else {
            throw Refusal("\(shape) is not a shape")
        }
        target = shape
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        let shape = try Broadcast.shape(of: [input.shape, target])
        guard TensorShape.elementCount(of: shape) != nil else {
            throw Refusal("its output of shape \(shape) is too large")
        }
        return [TensorType(input.elementType, shape)]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        makeStep(moving: places.inputType(0).elementType, places)
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
