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
    func weightsKeptAsInt8MatchTheDefinition(level: InstructionLevel) {
        var random = RandomNumbers(seed: 23)
        for _ in 0..<100 {
            let m = Int.random(in: 1...40, using: &random)
            let k = Int.random(in: 16...90, using: &random)
            let n = Int.random(in: 1...150, using: &random)
            let a = random.floats(m * k)
            let b = random.multiplesOfSteps(outputCount: n, each: k)
            let transposed = (0..<k * n).map { b[$0 % n * k + $0 / n] }
            let bias = random.floats(n)
            let matrix = PackedMatrix(
                Weights(b, outputCount: n),
                rowCount: k,
                bias: bias,
                level: level
            )
            let whole = Self.multiply(matrix, a, rows: m)
            expectClose(
                whole,
                Self.reference(a, transposed, bias, m: m, k: k, n: n),
                within: 2e-6,
                "\(m) × \(k) × \(n)"
            )
            expectIdentical(
                Self.multiply(matrix, Array(a[..<k]), rows: 1),
                Array(whole[..<n]),
                "the first row of \(m) × \(k) × \(n)"
            )
        }
    }

    @Test func onlyMultiplesOfOneStepAnOutputAreKeptAsInt8() {
        var random = RandomNumbers(seed: 24)
        let (outputs, each) = (20, 64)
        var numbers = random.multiplesOfSteps(outputCount: outputs, each: each)
        #expect(Weights(numbers, outputCount: outputs).byteCount == outputs * (each + 4))
        let restored = Weights(numbers, outputCount: outputs).floats
        expectClose(restored, numbers.map(Double.init), within: 1e-7, "restored weights")
        numbers[70] *= 1.01
        #expect(Weights(numbers, outputCount: outputs).byteCount == 4 * outputs * each)
        #expect(Weights(numbers, outputCount: outputs).floats == numbers)
        numbers[70] = .nan
        #expect(Weights(numbers, outputCount: outputs).byteCount == 4 * outputs * each)
        let zeros = Weights([Float](repeating: 0, count: 32), outputCount: 2)
        #expect(zeros.floats.allSatisfy { $0 == 0 })
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

extension RandomNumbers {
    /// Weights [outputCount, each] as an int8 file has them: whole multiples of a step an output.
    mutating func multiplesOfSteps(outputCount: Int, each: Int) -> [Float] {
        (0..<outputCount).flatMap { _ in
            let step = Float.random(in: 0.001...0.1, using: &self) / 64
            return (0..<each).map { _ in step * Float(Int.random(in: -127...127, using: &self)) }
        }
    }
}

@Suite struct MatrixProductTests {
    struct Transpositions: CustomStringConvertible {
        var a: Bool
        var b: Bool
        var description: String { "A\(a ? "ᵀ" : "")·B\(b ? "ᵀ" : "")" }

        static let all = [
            Transpositions(a: false, b: false), Transpositions(a: false, b: true),
            Transpositions(a: true, b: false), Transpositions(a: true, b: true),
        ]
    }

    @Test(arguments: Transpositions.all)
    func openBLASMatchesTheDefinition(transpositions: Transpositions) {
        Self.check(transpositions, m: 5, k: 7, n: 6, packs: false, level: .best)
    }

    @Test(arguments: Transpositions.all, InstructionLevel.supported)
    func packingEachTimeMatchesTheDefinition(
        transpositions: Transpositions,
        level: InstructionLevel
    ) {
        Self.check(transpositions, m: 17, k: 40, n: 37, packs: true, level: level)
        Self.check(transpositions, m: 5, k: 7, n: 6, packs: true, level: level)
    }

    /// Training adds gradients, overwrites what a step left, and has layers of one channel.
    @Test(arguments: [0, 1] as [Float], [false, true])
    func outputIsOverwrittenOrAddedToAtAnySize(outputScale: Float, packs: Bool) {
        for transpositions in Transpositions.all {
            for (m, k, n) in [(1, 1, 1), (2, 9, 40), (33, 100, 17)] {
                Self.check(
                    transpositions,
                    m: m,
                    k: k,
                    n: n,
                    outputScale: outputScale,
                    packs: packs,
                    level: .best
                )
            }
        }
    }

    private static func check(
        _ transpositions: Transpositions,
        m: Int,
        k: Int,
        n: Int,
        outputScale: Float = 0.5,
        packs: Bool,
        level: InstructionLevel
    ) {
        var random = RandomNumbers(seed: 9)
        let batch = 3
        let (transposeA, transposeB) = (transpositions.a, transpositions.b)
        let size = MatrixProduct.workspaceSize(m: m, n: n, k: k, transposeA: transposeA)
        let a = random.floats(batch * m * k)
        let b = random.floats(batch * k * n)
        let c = random.floats(batch * m * n)
        let output = FloatMemory(c)
        MatrixProduct.multiply(
            FloatMemory(a).readOnly,
            transposeA: transposeA,
            FloatMemory(b).readOnly,
            transposeB: transposeB,
            m: m,
            n: n,
            k: k,
            scale: 2,
            outputScale: outputScale,
            into: output.slice,
            batch: batch,
            workspace: packs ? FloatMemory(count: size).slice : nil,
            packs: packs,
            level: level
        )
        var expected: [Double] = []
        for item in 0..<batch {
            for row in 0..<m {
                for column in 0..<n {
                    var sum = 0.0
                    for i in 0..<k {
                        let left = item * m * k + (transposeA ? i * m + row : row * k + i)
                        let right = item * k * n + (transposeB ? column * k + i : i * n + column)
                        sum += Double(a[left]) * Double(b[right])
                    }
                    expected.append(2 * sum + Double(outputScale) * Double(c[expected.count]))
                }
            }
        }
        expectClose(output.readOnly.toArray(), expected, within: 2e-6, "C")
    }
}
