import Foundation
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

@Suite struct SoftmaxTests {
    private static func apply(
        _ input: [Float],
        rows: Int,
        length: Int,
        logarithm: Bool,
        _ level: InstructionLevel
    ) -> [Float] {
        let output = FloatMemory(input)
        Softmax.apply(
            output.readOnly,
            rows: rows,
            length: length,
            logarithm: logarithm,
            into: output.slice,
            level: level
        )
        return output.readOnly.toArray()
    }

    @Test(arguments: InstructionLevel.supported)
    func rowsMatchTheDefinition(level: InstructionLevel) {
        var random = RandomNumbers(seed: 15)
        for length in [1, 2, 11, 16, 17, 100, 521] {
            let input = random.floats(3 * length).map { $0 * 20 }
            var plain: [Double] = []
            var logarithms: [Double] = []
            for row in 0..<3 {
                let values = input[row * length..<(row + 1) * length].map(Double.init)
                let most = values.max() ?? 0
                let sum = values.reduce(0) { $0 + exp($1 - most) }
                plain += values.map { exp($0 - most) / sum }
                logarithms += values.map { $0 - most - log(sum) }
            }
            expectClose(
                Self.apply(input, rows: 3, length: length, logarithm: false, level),
                plain,
                within: 5e-7,
                "softmax of \(length)"
            )
            expectClose(
                Self.apply(input, rows: 3, length: length, logarithm: true, level),
                logarithms,
                within: 5e-7,
                "log softmax of \(length)"
            )
        }
    }

    @Test func largeValuesDoNotOverflow() {
        let values = Self.apply([1e30, 1e30, -1e30], rows: 1, length: 3, logarithm: false, .best)
        #expect(values == [0.5, 0.5, 0])
    }
}

@Suite struct LayerNormalizationTests {
    @Test(arguments: InstructionLevel.supported)
    func rowsMatchTheDefinition(level: InstructionLevel) {
        var random = RandomNumbers(seed: 16)
        for length in [1, 5, 16, 100] {
            let input = random.floats(4 * length).map { $0 * 3 + 10 }
            let scale = random.floats(length)
            let shift = random.floats(length)
            var expected: [Double] = []
            for row in 0..<4 {
                let values = input[row * length..<(row + 1) * length].map(Double.init)
                let mean = values.reduce(0, +) / Double(length)
                let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(length)
                for (index, value) in values.enumerated() {
                    expected.append(
                        (value - mean) / (variance + 1e-5).squareRoot() * Double(scale[index])
                            + Double(shift[index])
                    )
                }
            }
            let output = FloatMemory(input)
            LayerNormalization.apply(
                output.readOnly,
                rows: 4,
                length: length,
                epsilon: 1e-5,
                scale: FloatMemory(scale).readOnly,
                shift: FloatMemory(shift).readOnly,
                into: output.slice,
                level: level
            )
            expectClose(output.readOnly.toArray(), expected, within: 2e-6, "length \(length)")
        }
    }
}

@Suite struct TranspositionTests {
    @Test(arguments: [(1, 1, 9), (2, 5, 1), (3, 4, 7), (2, 16, 16), (1, 33, 70)])
    func everyElementFindsItsPlace(batch: Int, rows: Int, columns: Int) {
        let input = (0..<batch * rows * columns).map(Float.init)
        let output = FloatMemory(count: input.count)
        Transposition.transpose(
            FloatMemory(input).readOnly,
            batch: batch,
            rows: rows,
            columns: columns,
            into: output.slice
        )
        for image in 0..<batch {
            for row in 0..<rows {
                for column in 0..<columns {
                    let from = (image * rows + row) * columns + column
                    #expect(output.readOnly[(image * columns + column) * rows + row] == input[from])
                }
            }
        }
    }
}
