/// ONNX's `InstanceNormalization`: each channel of each image to mean 0 and variance 1, then scaled
/// and shifted.
struct InstanceNormalizationOperator: Operator {
    static let name = "InstanceNormalization"
    static let inputCounts = 3...3
    private let epsilon: Float

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        epsilon = try node.float("epsilon", default: 1e-5)
        guard input.elementType == .float32, input.rank >= 3 else {
            throw Refusal("it works on float images, not on \(input)")
        }
        for index in 1...2 {
            guard try node.inputType(index) == TensorType(.float32, [input.shape[1]]) else {
                throw Refusal("its input \(index) is \(try node.inputType(index))")
            }
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [try inputs.required(0)]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        let input = places.input(0, Float.self)
        let (scale, shift) = (places.input(1, Float.self), places.input(2, Float.self))
        let output = places.output(0, Float.self)
        let channels = input.shape[1]
        let rows = input.shape[0] * channels
        let length = input.shape[2...].reduce(1, *)
        return { [epsilon] in
            for row in 0..<rows {
                let start = row * length
                var sum = 0.0
                for index in start..<start + length { sum += Double(input[index]) }
                let mean = sum / Double(length)
                var squares = 0.0
                for index in start..<start + length {
                    let difference = Double(input[index]) - mean
                    squares += difference * difference
                }
                let factor =
                    Double(scale[row % channels])
                    / (squares / Double(length) + Double(epsilon)).squareRoot()
                let addend = Double(shift[row % channels]) - mean * factor
                for index in start..<start + length {
                    output[index] = Float(Double(input[index]) * factor + addend)
                }
            }
        }
    }
}
