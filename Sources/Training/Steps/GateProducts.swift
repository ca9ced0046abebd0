import NeuralNetwork

/// Products of states with the weights of some of a GRU's three gates, and their gradients.
///
/// Gates lie side by side in rows of 3 · hidden, in the order z, r, h; a gate's weights are
/// [hidden, hidden].
struct GateProducts: Sendable {
    let rows: Int
    let hidden: Int

    /// products[rows, some gates] = state · Rᵀ of these gates.
    func multiply(
        _ state: FloatSlice,
        _ weights: FloatSlice,
        gates: Range<Int>,
        into products: MutableFloatSlice
    ) {
        let count = gates.count * hidden
        let result = FloatMemory(count: rows * count)
        MatrixProduct.multiply(
            state,
            weights.slice(at: gates.lowerBound * hidden * hidden, count: count * hidden),
            transposeB: true,
            m: rows,
            n: count,
            k: hidden,
            into: result.slice
        )
        StridedLoop(shape: [rows, count], first: [count, 1], second: [3 * hidden, 1]).copy(
            adds: false,
            from: result.readOnly,
            to: products[gates.lowerBound * hidden..<products.count]
        )
    }

    /// result = or += the gradients of some gates · their R.
    func multiplyBack(
        _ gradients: FloatSlice,
        _ weights: FloatSlice,
        gates: Range<Int>,
        adds: Bool,
        into result: MutableFloatSlice
    ) {
        let count = gates.count * hidden
        MatrixProduct.multiply(
            columns(of: gradients, gates: gates),
            weights.slice(at: gates.lowerBound * hidden * hidden, count: count * hidden),
            m: rows,
            n: hidden,
            k: count,
            outputScale: adds ? 1 : 0,
            into: result
        )
    }

    /// Adds dGateᵀ · state to a gate's weights.
    func addGateGradient(
        _ gradients: FloatSlice,
        gate: Int,
        of state: FloatSlice,
        to weights: MutableFloatSlice
    ) {
        MatrixProduct.multiply(
            columns(of: gradients, gates: gate..<gate + 1),
            transposeA: true,
            state,
            m: hidden,
            n: hidden,
            k: rows,
            outputScale: 1,
            into: weights
        )
    }

    /// Adds a bias of one or several gates, from `gate` on, to each of some rows.
    func addBias(
        _ bias: FloatSlice,
        toRows rows: Int,
        of sums: MutableFloatSlice,
        firstGate gate: Int = 0
    ) {
        StridedLoop(shape: [rows, bias.count], first: [0, 1], second: [3 * hidden, 1]).copy(
            adds: true,
            from: bias,
            to: sums[gate * hidden..<sums.count]
        )
    }

    /// Some gates of [rows, 3 · hidden] without the others between them.
    private func columns(of all: FloatSlice, gates: Range<Int>) -> FloatSlice {
        let count = gates.count * hidden
        let columns = FloatMemory(count: rows * count)
        StridedLoop(shape: [rows, count], first: [3 * hidden, 1], second: [count, 1]).copy(
            adds: false,
            from: all[gates.lowerBound * hidden..<all.count],
            to: columns.slice
        )
        return columns.readOnly
    }
}
