/// ONNX's `QuantizeLinear`: x / scale + zero point, rounded (halves to even) and kept in range.
struct QuantizeLinearOperator: NumericOperator {
    static let name = "QuantizeLinear"
    static let introduced = 10
    static let inputCounts = 2...3
    private let axis: QuantizedAxis
    private let target: ElementType

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        guard input.elementType == .float32 || input.elementType == .int32,
            try node.inputType(1).elementType == .float32
        else { throw Refusal("it does not quantise \(input) by \(try node.inputType(1))") }
        axis = try QuantizedAxis(&node, shape: input.shape)
        _ = try node.flag("saturate", default: true)
        let number = try node.integer("output_dtype", default: 0)
        var target = number == 0 ? ElementType.uint8 : ElementType(rawValue: number)
        if node.hasInput(2) {
            let zero = try node.inputType(2)
            guard zero.elementCount == (try node.inputType(1)).elementCount else {
                throw Refusal("its zero point is \(zero)")
            }
            target = zero.elementType
        }
        guard let target, [.int8, .uint8, .int16, .uint16].contains(target) else {
            throw Refusal("it does not give \(target?.name ?? String(number))")
        }
        self.target = target
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [TensorType(target, try inputs.required(0).shape)]
    }

    func makeStep(_ places: StepPlaces) -> Step { makeStep(computingWith: target, places) }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let scale = places.input(1, Float.self)
        let zero = places.hasInput(2) ? places.input(2, type) : nil
        let output = places.output(0, type)
        let number: (Int) -> Float
        if places.inputType(0).elementType == .int32 {
            let input = places.input(0, Int32.self)
            number = { Float(input[$0]) }
        } else {
            let input = places.input(0, Float.self)
            number = { input[$0] }
        }
        return { [axis] in
            for index in 0..<output.count {
                let place = axis.scaleIndex(of: index)
                let rounded = (number(index) / scale[place]).rounded(.toNearestOrEven)
                output[index] = .clamping(Double(rounded) + (zero?[place].asDouble ?? 0))
            }
        }
    }
}
