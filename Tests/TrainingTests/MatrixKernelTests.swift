import GradientKernels
import Testing

@Suite struct MatrixKernelTests {
    @Test(arguments: [(1, 1, 1), (16, 40, 25), (33, 17, 100)], [false, true])
    func bothWaysOfMultiplyingAgreeWithPlainLoops(
        size: (m: Int, n: Int, k: Int),
        packs: Bool
    ) {
        let (m, n, k) = size
        var numbers = SmallNumbers(seed: 5)
        let (a, b, c) = (numbers.array(m * k), numbers.array(k * n), numbers.array(m * n))
        let room = FloatBuffer(count: MatrixKernel.workspaceSize(m: m, n: n, k: k))
        for (turnsA, turnsB, adds) in [
            (false, false, false), (true, false, true), (false, true, true),
        ] {
            let result = FloatBuffer(c)
            MatrixKernel.multiply(
                FloatBuffer(a).all,
                transposeA: turnsA,
                FloatBuffer(b).all,
                transposeB: turnsB,
                m: m,
                n: n,
                k: k,
                adds: adds,
                into: result.all,
                workspace: room.all,
                packs: packs
            )
            for row in 0..<m {
                for column in 0..<n {
                    var sum = adds ? Double(c[row * n + column]) : 0
                    for inner in 0..<k {
                        let left = turnsA ? a[inner * m + row] : a[row * k + inner]
                        let right = turnsB ? b[column * k + inner] : b[inner * n + column]
                        sum += Double(left * right)
                    }
                    #expect(abs(Double(result.all[row * n + column]) - sum) < 1e-4)
                }
            }
        }
    }
}
