import NeuralNetwork
import Testing

@Suite struct ByteProductsTests {
    @Test(arguments: InstructionLevel.supported)
    func everyRowHasTheSumOfItsProducts(level: InstructionLevel) {
        var random = RandomNumbers(seed: 64)
        for (rows, length) in [(1, 64), (60, 64), (7, 3), (5, 130), (0, 64), (3, 1)] {
            var bytes = (0..<rows * length).map { _ in UInt8.random(in: 0...255, using: &random) }
            var row = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            // The largest products: all of them are -128 times -128.
            if rows == 5 {
                bytes = bytes.map { _ in 128 }
                row = row.map { _ in 128 }
            }
            var products = [Int32](repeating: 7, count: rows)
            var results = products.mutableSpan
            ByteProducts.compute(of: bytes.span, with: row.span, into: &results, level: level)
            let expected = (0..<rows).map { place in
                (0..<length).reduce(Int32(0)) { sum, index in
                    sum + Int32(Int8(bitPattern: bytes[place * length + index]))
                        * Int32(Int8(bitPattern: row[index]))
                }
            }
            #expect(products == expected, "\(rows) × \(length)")
        }
    }
}
