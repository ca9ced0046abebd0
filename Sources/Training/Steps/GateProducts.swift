import GradientKernels

/// Products of states with the weights of some of a GRU's three gates, and their gradients.
///
/// Gates lie side by side in rows of 3 · hidden; a gate's weights are [hidden, hidden].
struct GateProducts {
    let rows: Int
    let hidden: Int

    /// Adds dGateᵀ · state to a gate's weights; the gate's columns are copied out first.
    func addGateGradient(
        _ gradients: FloatRun,
        _ gate: Int,
        of state: FloatRun,
        to weights: FloatRun
    ) {
        let column = gateColumns(gradients, firstGate: gate, gateCount: 1)
        MatrixKernel.multiply(
            column,
            transposeA: true,
            state,
            m: hidden,
            n: hidden,
            k: rows,
            adds: true,
            into: weights
        )
    }

    /// products[rows, some gates] = state · Rᵀ of these gates.
    func multiply(
        _ state: FloatRun,
        _ weights: FloatRun,
        firstGate: Int,
        gateCount: Int,
        into products: FloatRun
    ) {
        let count = gateCount * hidden
        let result = FloatBuffer(count: rows * count)
        MatrixKernel.multiply(
            state,
            weights.run(at: firstGate * hidden * hidden, count: count * hidden),
            transposeB: true,
            m: rows,
            n: count,
            k: hidden,
            into: result.all
        )
        let loop = StridedLoop(shape: [rows, count], first: [count, 1], second: [3 * hidden, 1])
        let target = products[firstGate * hidden..<products.count]
        StridedKernels.copy(loop, adds: false, from: result.all, to: target)
    }

    /// result = or += the gradients of some gates · their R.
    func multiplyBack(
        _ gradients: FloatRun,
        _ weights: FloatRun,
        firstGate: Int,
        gateCount: Int,
        adds: Bool,
        into result: FloatRun
    ) {
        MatrixKernel.multiply(
            gateColumns(gradients, firstGate: firstGate, gateCount: gateCount),
            weights.run(
                at: firstGate * hidden * hidden,
                count: gateCount * hidden * hidden
            ),
            m: rows,
            n: hidden,
            k: gateCount * hidden,
            adds: adds,
            into: result
        )
    }

    /// Some gates of [rows, 3 · hidden] without the others between them.
    private func gateColumns(_ all: FloatRun, firstGate: Int, gateCount: Int) -> FloatRun {
        let count = gateCount * hidden
        let columns = FloatBuffer(count: rows * count).all
        let loop = StridedLoop(
            shape: [rows, count],
            first: [3 * hidden, 1],
            second: [count, 1]
        )
        let source = all[firstGate * hidden..<all.count]
        StridedKernels.copy(loop, adds: false, from: source, to: columns)
        return columns
    }

    /// Adds a bias of one or several gates to each row.
    func addToRows(
        _ bias: FloatRun,
        _ run: FloatRun,
        _ rows: Int,
        firstColumn gate: Int = 0
    ) {
        let target = run[gate * hidden..<run.count]
        let loop = StridedLoop(
            shape: [rows, bias.count],
            first: [0, 1],
            second: [3 * hidden, 1]
        )
        StridedKernels.copy(loop, adds: true, from: bias, to: target)
    }
}
