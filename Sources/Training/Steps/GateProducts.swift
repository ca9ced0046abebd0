import NeuralNetwork

/// Products of states with the weights of some of a GRU's three gates, and their gradients.
///
/// Gates lie side by side in rows of 3 · hidden; a gate's weights are [hidden, hidden].
struct GateProducts {
    let rows: Int
    let hidden: Int

    /// Adds dGateᵀ · state to a gate's weights; the gate's columns are copied out first.
    func addGateGradient(
        _ gradients: FloatSlice,
        _ gate: Int,
        of state: FloatSlice,
        to weights: MutableFloatSlice
    ) {
        let column = gateColumns(gradients, firstGate: gate, gateCount: 1)
        MatrixProduct.multiply(
            column,
            transposeA: true,
            state,
            m: hidden,
            n: hidden,
            k: rows,
            outputScale: 1,
            into: weights
        )
    }

    /// products[rows, some gates] = state · Rᵀ of these gates.
    func multiply(
        _ state: FloatSlice,
        _ weights: FloatSlice,
        firstGate: Int,
        gateCount: Int,
        into products: MutableFloatSlice
    ) {
        let count = gateCount * hidden
        let result = FloatMemory(count: rows * count)
        MatrixProduct.multiply(
            state,
            weights.slice(at: firstGate * hidden * hidden, count: count * hidden),
            transposeB: true,
            m: rows,
            n: count,
            k: hidden,
            into: result.slice
        )
        let loop = StridedLoop(shape: [rows, count], first: [count, 1], second: [3 * hidden, 1])
        let target = products[firstGate * hidden..<products.count]
        StridedKernels.copy(loop, adds: false, from: result.readOnly, to: target)
    }

    /// result = or += the gradients of some gates · their R.
    func multiplyBack(
        _ gradients: FloatSlice,
        _ weights: FloatSlice,
        firstGate: Int,
        gateCount: Int,
        adds: Bool,
        into result: MutableFloatSlice
    ) {
        MatrixProduct.multiply(
            gateColumns(gradients, firstGate: firstGate, gateCount: gateCount),
            weights.slice(
                at: firstGate * hidden * hidden,
                count: gateCount * hidden * hidden
            ),
            m: rows,
            n: hidden,
            k: gateCount * hidden,
            outputScale: adds ? 1 : 0,
            into: result
        )
    }

    /// Some gates of [rows, 3 · hidden] without the others between them.
    private func gateColumns(_ all: FloatSlice, firstGate: Int, gateCount: Int) -> FloatSlice {
        let count = gateCount * hidden
        let columns = FloatMemory(count: rows * count)
        let loop = StridedLoop(
            shape: [rows, count],
            first: [3 * hidden, 1],
            second: [count, 1]
        )
        let source = all[firstGate * hidden..<all.count]
        StridedKernels.copy(loop, adds: false, from: source, to: columns.slice)
        return columns.readOnly
    }

    /// Adds a bias of one or several gates to each row.
    func addToRows(
        _ bias: FloatSlice,
        _ sums: MutableFloatSlice,
        _ rows: Int,
        firstColumn gate: Int = 0
    ) {
        let target = sums[gate * hidden..<sums.count]
        let loop = StridedLoop(
            shape: [rows, bias.count],
            first: [0, 1],
            second: [3 * hidden, 1]
        )
        StridedKernels.copy(loop, adds: true, from: bias, to: target)
    }
}
