private import Glibc

/// ONNX's `MelWeightMatrix`: triangles on the mel scale (2595 · log₁₀(1 + f / 700)) as a matrix
/// from spectrum bins to bands.
struct MelWeightMatrixOperator: NumericOperator {
    static let name = "MelWeightMatrix"
    static let introduced = 17
    static let inputCounts = 5...5
    private let bandCount: Int
    private let binCount: Int
    private let edges: [Int]
    private let elementType: ElementType

    init(_ node: inout NodeReader) throws(Refusal) {
        var numbers: [Double] = []
        for index in 0..<5 {
            guard let constant = node.constant(index), constant.type.elementCount == 1 else {
                throw Refusal("its input \(index) is not a number known when the model is loaded")
            }
            numbers.append(constant.firstNumber)
        }
        let number = try node.integer("output_datatype", default: 1)
        guard let type = ElementType(rawValue: number), type.isNumber else {
            throw Refusal("its output_datatype is \(number)")
        }
        elementType = type
        guard (1...65_536).contains(numbers[0]), (1...1_048_576).contains(numbers[1]),
            numbers[2] >= 1, numbers[3] >= 0, numbers[4] > numbers[3], numbers[4] <= 1e6
        else { throw Refusal("its inputs are \(numbers)") }
        let (bands, length) = (Int(numbers[0]), Int(numbers[1]))
        bandCount = bands
        binCount = length / 2 + 1
        let low = 2595 * log10(1 + numbers[3] / 700)
        let high = 2595 * log10(1 + numbers[4] / 700)
        let step = (high - low) / Double(bands + 2)
        let limit = length / 2
        edges = (0..<bands + 2).map { index in
            let hertz = 700 * (pow(10, (low + Double(index) * step) / 2595) - 1)
            return min(limit, Int((Double(length + 1) * hertz / numbers[2]).rounded(.down)))
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let shape = [binCount, bandCount]
        guard TensorShape.elementCount(of: shape) != nil else {
            throw Refusal("its output of shape \(shape) is too large")
        }
        return [TensorType(elementType, shape)]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        makeStep(computingWith: elementType, places)
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let output = places.output(0, type)
        return { [edges, bandCount] in
            for index in 0..<output.count { output[index] = 0 }
            for band in 0..<bandCount {
                let (lower, centre, higher) = (edges[band], edges[band + 1], edges[band + 2])
                if centre == lower {
                    output[centre * bandCount + band] = 1
                } else {
                    for bin in lower...centre {
                        output[bin * bandCount + band] = .clamping(
                            Double(bin - lower) / Double(centre - lower)
                        )
                    }
                }
                for bin in centre..<max(centre, higher) {
                    output[bin * bandCount + band] = .clamping(
                        Double(higher - bin) / Double(higher - centre)
                    )
                }
            }
        }
    }
}
