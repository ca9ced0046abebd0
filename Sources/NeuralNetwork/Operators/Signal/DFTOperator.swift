/// ONNX's `DFT`: the discrete Fourier transform along an axis, real or complex, forth or back.
struct DFTOperator: NumericOperator {
    static let name = "DFT"
    static let introduced = 17
    static let inputCounts = 1...3
    private let axis: Int
    private let length: Int
    private let isInverse: Bool
    private let isOneSided: Bool

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        guard input.elementType == .float32 || input.elementType == .float64, input.rank >= 2,
            (1...2).contains(input.shape[input.rank - 1])
        else { throw Refusal("it does not transform \(input)") }
        isInverse = try node.flag("inverse", default: false)
        isOneSided = try node.flag("onesided", default: false)
        var given = node.opset < 20 ? 1 : -2
        if node.opset < 20 {
            given = try node.integer("axis", default: given)
        } else if let axes = try node.constantIntegers(2, "the axis") {
            guard axes.count == 1 else { throw Refusal("it names \(axes.count) axes") }
            given = axes[0]
        }
        axis = try Axis.resolve(given, rank: input.rank)
        let lengths = try node.constantIntegers(1, "the length")
        length = lengths?.first ?? input.shape[axis]
        guard axis < input.rank - 1, (1...FourierTransform.longest).contains(length),
            !(isInverse && isOneSided)
        else {
            throw Refusal("a transform of length \(length) along axis \(axis) of \(input)")
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        var shape = input.shape
        shape[axis] = isOneSided ? length / 2 + 1 : length
        shape[shape.count - 1] = 2
        return [TensorType(input.elementType, shape)]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        places.inputType(0).elementType == .float64
            ? makeStep(Double.self, places) : makeStep(Float.self, places)
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let input = places.input(0, type)
        let output = places.output(0, type)
        let parts = input.shape[input.shape.count - 1]
        let outer = input.shape[..<axis].reduce(1, *)
        let inner = input.shape[(axis + 1)..<(input.shape.count - 1)].reduce(1, *)
        let available = input.shape[axis]
        let bins = output.shape[axis]
        let transform = FourierTransform(length: length)
        return { [length, isInverse] in
            for row in 0..<outer * inner {
                let (block, column) = row.quotientAndRemainder(dividingBy: inner)
                for place in 0..<length {
                    let source = ((block * available + place) * inner + column) * parts
                    let isInside = place < available
                    transform.real[place] = isInside ? input[source].asDouble : 0
                    transform.imaginary[place] =
                        isInside && parts == 2 ? input[source + 1].asDouble : 0
                }
                transform.transform(inverse: isInverse)
                for bin in 0..<bins {
                    let target = ((block * bins + bin) * inner + column) * 2
                    output[target] = .clamping(transform.real[bin])
                    output[target + 1] = .clamping(transform.imaginary[bin])
                }
            }
        }
    }

    func multiplyAdds(inputs: [TensorType?], outputs: [TensorType]) -> Int {
        outputs[0].elementCount * 64
    }
}
