/// ONNX's `DequantizeLinear`: (x − zero point) · scale.
struct DequantizeLinearOperator: NumericOperator {
    static let name = "DequantizeLinear"
    static let introduced = 10
    static let inputCounts = 2...3
    private let axis: QuantizedAxis

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        guard [.int8, .uint8, .int16, .uint16, .int32].contains(input.elementType),
            try node.inputType(1).elementType == .float32
        else { throw Refusal("it does not dequantise \(input) by \(try node.inputType(1))") }
        axis = try QuantizedAxis(&node, shape: input.shape)
        if node.hasInput(2) {
            let zero = try node.inputType(2)
            guard zero.elementType == input.elementType,
                zero.elementCount == (try node.inputType(1)).elementCount
            else { throw Refusal("its zero point is \(zero)") }
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [TensorType(.float32, try inputs.required(0).shape)]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        makeStep(computingWith: places.inputType(0).elementType, places)
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let input = places.input(0, type)
        let scale = places.input(1, Float.self)
        let zero = places.hasInput(2) ? places.input(2, type) : nil
        let output = places.output(0, Float.self)
        return { [axis] in
            for index in 0..<output.count {
                let place = axis.scaleIndex(of: index)
                let difference = input[index].asDouble - (zero?[place].asDouble ?? 0)
                output[index] = Float(difference) * scale[place]
            }
        }
    }
}
