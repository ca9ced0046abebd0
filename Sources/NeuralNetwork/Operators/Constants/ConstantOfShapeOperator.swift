/// ONNX's `ConstantOfShape`: one number everywhere in a tensor of a given shape.
struct ConstantOfShapeOperator: AnyElementOperator {
    static let name = "ConstantOfShape"
    static let introduced = 9
    private let shape: [Int]
    private let value: ConstantTensor

    init(_ node: inout NodeReader) throws(Refusal) {
        guard let shape = try node.constantIntegers(0, "the shape") else {
            throw Refusal("it lacks input 0")
        }
        guard TensorShape.elementCount(of: shape) != nil else {
            throw Refusal("\(shape) is not a shape")
        }
        self.shape = shape
        value =
            try node.tensor("value").map { ConstantTensor($0) }
            ?? ConstantTensor(shape: [1], values: .float32([0]))
        guard value.type.elementCount == 1, value.type.elementType.isSupported else {
            throw Refusal("its value is \(value.type)")
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [TensorType(value.type.elementType, shape)]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        makeStep(moving: places.outputType(0).elementType, places)
    }

    func makeStep<Element: TensorElement>(_ type: Element.Type, _ places: StepPlaces) -> Step {
        let output = places.output(0, type)
        let element = Element.elements(of: value.values)?.first ?? .filler
        return { for index in 0..<output.count { output[index] = element } }
    }
}
