import NeuralNetwork
import Testing

@Suite struct ReductionTests {
    private static func reference(_ reduction: Reduction, _ values: [Double]) -> Double {
        switch reduction {
        case .sum: values.reduce(0, +)
        case .mean: values.reduce(0, +) / Double(values.count)
        case .maximum: values.max() ?? -.infinity
        case .minimum: values.min() ?? .infinity
        case .sumOfSquares: values.reduce(0) { $0 + $1 * $1 }
        case .sumOfMagnitudes: values.reduce(0) { $0 + $1.magnitude }
        case .euclideanNorm: values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        }
    }

    @Test(arguments: InstructionLevel.supported)
    func everyAxisMatchesTheDefinition(level: InstructionLevel) {
        var random = RandomNumbers(seed: 14)
        let shapes = [(1, 1, 1), (3, 7, 1), (2, 100, 1), (4, 9, 5), (1, 300, 33), (2, 48, 16)]
        for (outer, length, inner) in shapes {
            let input = random.floats(outer * length * inner)
            for reduction in Reduction.allCases {
                var expected: [Double] = []
                for o in 0..<outer {
                    for i in 0..<inner {
                        let values = (0..<length).map {
                            Double(input[(o * length + $0) * inner + i])
                        }
                        expected.append(Self.reference(reduction, values))
                    }
                }
                let output = FloatMemory(count: outer * inner)
                reduction.reduce(
                    FloatMemory(input).readOnly,
                    outer: outer,
                    length: length,
                    inner: inner,
                    into: output.slice,
                    level: level
                )
                expectClose(
                    output.readOnly.toArray(),
                    expected,
                    within: 1e-6,
                    "\(reduction) of [\(outer), \(length), \(inner)]"
                )
            }
        }
    }

    @Test(arguments: InstructionLevel.supported)
    func notANumberAnywhereIsTheResult(level: InstructionLevel) {
        for place in [0, 5, 16, 38] {
            var values = [Float](repeating: 1, count: 39)
            values[place] = .nan
            for reduction in Reduction.allCases {
                let output = FloatMemory(count: 1)
                reduction.reduce(
                    FloatMemory(values).readOnly,
                    outer: 1,
                    length: 39,
                    inner: 1,
                    into: output.slice,
                    level: level
                )
                #expect(output.readOnly[0].isNaN, "\(reduction), NaN at \(place)")
            }
        }
    }

    @Test func meanOfALongRunKeepsItsAccuracy() {
        let count = 400_000
        let input = FloatMemory(count: count)
        input.slice.fill(with: 0.1)
        let output = FloatMemory(count: 1)
        Reduction.mean.reduce(
            input.readOnly,
            outer: 1,
            length: count,
            inner: 1,
            into: output.slice
        )
        #expect(abs(output.readOnly[0] - 0.1) < 1e-6)
    }
}
