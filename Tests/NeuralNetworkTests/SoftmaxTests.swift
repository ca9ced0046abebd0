import Foundation
import NeuralNetwork
import Testing

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
