import NeuralNetwork
import Testing

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
