import TensorKernels
import Testing

@Suite struct MatrixProductTests {
    @Test(arguments: [false, true], [false, true])
    func everyTranspositionMatchesTheDefinition(transposeA: Bool, transposeB: Bool) {
        var random = RandomNumbers(seed: 9)
        let (m, k, n, batch) = (5, 7, 6, 3)
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
            outputScale: 0.5,
            into: output.slice,
            batch: batch
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
                    expected.append(2 * sum + 0.5 * Double(c[expected.count]))
                }
            }
        }
        expectClose(output.readOnly.toArray(), expected, within: 1e-6, "C")
    }
}
