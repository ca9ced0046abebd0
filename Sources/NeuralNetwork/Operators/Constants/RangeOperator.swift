/// ONNX's `Range`: numbers from a start up to a limit in equal steps.
struct RangeOperator: NumericOperator {
    static let name = "Range"
    static let introduced = 11
    static let inputCounts = 3...3
    private let values: [ConstantTensor]
    private let count: Int

    init(_ node: inout NodeReader) throws(Refusal) {
        var values: [ConstantTensor] = []
        for (index, purpose) in ["start", "limit", "step"].enumerated() {
            guard let constant = node.constant(index) else {
                throw Refusal(
                    "its \(purpose) (input \(index)) is not known when the model is loaded"
                )
            }
            guard constant.type.elementCount == 1, constant.type.elementType.isNumber,
                constant.type.elementType == values.first?.type.elementType
                    ?? constant.type.elementType
            else { throw Refusal("its \(purpose) is \(constant.type)") }
            values.append(constant)
        }
        self.values = values
        let numbers = values.map(\.firstNumber)
        let steps = ((numbers[1] - numbers[0]) / numbers[2]).rounded(.up)
        guard steps.isFinite, steps <= Double(1 << 31) else {
            throw Refusal("from \(numbers[0]) to \(numbers[1]) in steps of \(numbers[2])")
        }
        count = max(0, Int(steps))
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [TensorType(values[0].type.elementType, [count])]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        makeStep(computingWith: places.outputType(0).elementType, places)
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let output = places.output(0, type)
        let start = Number.elements(of: values[0].values)?.first ?? .filler
        let step = Number.elements(of: values[2].values)?.first ?? .filler
        return {
            for index in 0..<output.count {
                output[index] = .adding(start, .multiplying(.clamping(Double(index)), step))
            }
        }
    }
}
