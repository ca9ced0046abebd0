import NeuralNetwork
import Testing

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
