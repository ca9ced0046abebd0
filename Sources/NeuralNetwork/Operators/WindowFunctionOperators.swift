private import Glibc

/// ONNX's `BlackmanWindow`, `HammingWindow` and `HannWindow`: a sum of cosines of a given length.
struct CosineWindowOperator: NumericOperator {
    /// The factors of the cosines of 0, 1, 2 … times the angle, signs included.
    private let coefficients: [Double]
    private let count: Int
    private let isPeriodic: Bool
    private let elementType: ElementType

    static let definitions = [
        row("BlackmanWindow", [0.42, -0.5, 0.08]),
        row("HammingWindow", [25.0 / 46, -21.0 / 46]),
        row("HannWindow", [0.5, -0.5]),
    ]

    private static func row(_ name: String, _ coefficients: [Double]) -> OperatorDefinition {
        OperatorDefinition(name, since: 17) { node throws(Refusal) in
            try CosineWindowOperator(&node, coefficients)
        }
    }

    private init(_ node: inout NodeReader, _ coefficients: [Double]) throws(Refusal) {
        self.coefficients = coefficients
        guard let counts = try node.constantIntegers(0, "the size"), counts.count == 1,
            (0...1 << 24).contains(counts[0])
        else { throw Refusal("its size is not a number from 0 to \(1 << 24)") }
        count = counts[0]
        isPeriodic = try node.flag("periodic", default: true)
        elementType = try node.outputNumberType()
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [TensorType(elementType, [count])]
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let output = places.output(0, type)
        let period = Swift.max(Double(isPeriodic ? count : count - 1), 1)
        return { [coefficients] in
            for index in 0..<output.count {
                var sum = 0.0
                for (order, factor) in coefficients.enumerated() {
                    sum += factor * cos(2 * .pi * Double(order * index) / period)
                }
                output[index] = .clamping(sum)
            }
        }
    }
}

/// ONNX's `MelWeightMatrix`: triangles on the mel scale (2595 · log₁₀(1 + f / 700)) as a matrix
/// from spectrum bins to bands.
struct MelWeightMatrixOperator: NumericOperator {
    static let definition = OperatorDefinition(
        "MelWeightMatrix",
        since: 17,
        inputs: 5...5,
        read: MelWeightMatrixOperator.init
    )
    private let bandCount: Int
    private let binCount: Int
    private let edges: [Int]
    private let elementType: ElementType

    init(_ node: inout NodeReader) throws(Refusal) {
        var numbers: [Double] = []
        for index in 0..<5 {
            guard let constant = node.constant(index), constant.type.elementCount == 1 else {
                throw Refusal("its input \(index) is not a constant number")
            }
            numbers.append(constant.firstNumber)
        }
        elementType = try node.outputNumberType()
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
        [try TensorType(elementType, [binCount, bandCount]).checked()]
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

extension NodeReader {
    /// The type of number that the attribute `output_datatype` asks for.
    fileprivate mutating func outputNumberType() throws(Refusal) -> ElementType {
        let number = try integer("output_datatype", default: ElementType.float32.rawValue)
        guard let type = ElementType(rawValue: number), type.isNumber else {
            throw Refusal("its output_datatype is \(number); not supported")
        }
        return type
    }
}
