/// ONNX's `Dropout` outside training: the input as it is, and a mask of nothing but true.
struct DropoutOperator: AnyElementOperator {
    static let name = "Dropout"
    static let inputCounts = 1...3
    static let outputCounts = 1...2
    private let wantsMask: Bool

    init(_ node: inout NodeReader) throws(Refusal) {
        _ = try node.float("ratio")
        _ = try node.integer("seed")
        _ = node.constant(1)
        if node.hasInput(2) {
            guard case .bool(let training)? = node.constant(2)?.values, training == [false] else {
                throw Refusal("it is in training mode")
            }
        }
        wantsMask = node.hasOutput(1)
    }

    var isView: Bool { !wantsMask }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        return [input, TensorType(.bool, input.shape)]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        makeStep(moving: places.inputType(0).elementType, places)
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
