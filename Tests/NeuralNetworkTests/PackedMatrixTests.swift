import NeuralNetwork
import Testing

@Suite struct PackedMatrixTests {
    /// A·B + bias by its definition.
    static func reference(
        _ a: [Float],
        _ b: [Float],
        _ bias: [Float]?,
        m: Int,
        k: Int,
        n: Int
    ) -> [Double] {
        var c: [Double] = []
        for row in 0..<m {
            for column in 0..<n {
                var sum = bias.map { Double($0[column]) } ?? 0
                for i in 0..<k {
                    sum += Double(a[row * k + i]) * Double(b[i * n + column])
                }
                c.append(sum)
            }
        }
        return c
    }

    static func multiply(_ matrix: PackedMatrix, _ a: [Float], rows: Int) -> [Float] {
        let c = FloatMemory(count: rows * matrix.columnCount)
        c.slice.fill(with: .nan)
        matrix.multiply(FloatMemory(a).readOnly, rows: rows, into: c.slice)
        return c.readOnly.toArray()
    }

    @Test(arguments: InstructionLevel.supported)
    func randomShapesMatchTheDefinition(level: InstructionLevel) {
        var random = RandomNumbers(seed: 5)
        for _ in 0..<150 {
            let m = Int.random(in: 1...40, using: &random)
            let k = Int.random(in: 0...90, using: &random)
            let n = Int.random(in: 1...150, using: &random)
            let a = random.floats(m * k)
            let b = random.floats(k * n)
            let bias = Bool.random(using: &random) ? random.floats(n) : nil
            let matrix = PackedMatrix(b, rowCount: k, columnCount: n, bias: bias, level: level)
            expectClose(
                Self.multiply(matrix, a, rows: m),
                Self.reference(a, b, bias, m: m, k: k, n: n),
                within: 2e-6,
                "\(m) × \(k) × \(n)"
            )
        }
    }

    @Test(arguments: InstructionLevel.supported)
    func rowComputedAloneEqualsTheRowAmongOthersBitForBit(level: InstructionLevel) {
        var random = RandomNumbers(seed: 6)
        for (m, k, n) in [(37, 65, 49), (13, 300, 16), (8, 129, 200), (61, 7, 33), (7, 1000, 90)] {
            let a = random.floats(m * k)
            let matrix = PackedMatrix(
                random.floats(k * n),
                rowCount: k,
                columnCount: n,
                level: level
            )
            let whole = Self.multiply(matrix, a, rows: m)
            for rows in 1...m {
                let first = Int.random(in: 0...(m - rows), using: &random)
                expectIdentical(
                    Self.multiply(matrix, Array(a[first * k..<(first + rows) * k]), rows: rows),
                    Array(whole[first * n..<(first + rows) * n]),
                    "rows \(first)..<\(first + rows) of \(m) × \(k) × \(n)"
                )
            }
        }
    }

    @Test(arguments: InstructionLevel.supported)
    func stridesLeaveTheGapsAlone(level: InstructionLevel) {
        var random = RandomNumbers(seed: 7)
        let (m, k, n) = (11, 9, 21)
        let a = random.floats(m * 14)
        let b = random.floats(n * k)
        let matrix = PackedMatrix(
            b,
            rowCount: k,
            columnCount: n,
            transposed: true,
            function: .relu,
            level: level
        )
        let c = FloatMemory(count: m * 25)
        c.slice.fill(with: -3)
        matrix.multiply(
            FloatMemory(a).readOnly,
            rows: m,
            leftStride: 14,
            into: c.slice,
            outputStride: 25
        )
        for row in 0..<m {
            for column in 0..<n {
                var sum = 0.0
                for i in 0..<k {
                    sum += Double(a[row * 14 + i]) * Double(b[column * k + i])
                }
                #expect(abs(Double(c.readOnly[row * 25 + column]) - max(0, sum)) < 1e-5)
            }
            for column in n..<25 {
                #expect(c.readOnly[row * 25 + column] == -3)
            }
        }
    }

    @Test(arguments: InstructionLevel.supported)
    func longSumToOneColumnKeepsItsAccuracy(level: InstructionLevel) {
        var random = RandomNumbers(seed: 19)
        let k = 200_003
        let a = random.floats(k).map(\.magnitude)
        let b = random.floats(k).map(\.magnitude)
        let matrix = PackedMatrix(b, rowCount: k, columnCount: 1, level: level)
        let exact = zip(a, b).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        expectClose(Self.multiply(matrix, a, rows: 1), [exact], within: 1e-6, "\(k) products")
    }

    @Test func openBLASAgrees() {
        var random = RandomNumbers(seed: 8)
        let (m, k, n) = (33, 70, 45)
        let a = random.floats(m * k)
        let b = random.floats(k * n)
        let c = FloatMemory(count: m * n)
        MatrixProduct.multiply(
            FloatMemory(a).readOnly,
            FloatMemory(b).readOnly,
            m: m,
            n: n,
            k: k,
            into: c.slice
        )
        expectClose(
            Self.multiply(PackedMatrix(b, rowCount: k, columnCount: n), a, rows: m),
            c.readOnly.toArray().map(Double.init),
            within: 2e-6,
            "own kernel against OpenBLAS"
        )
    }
}
