import NeuralNetwork
import Testing

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
