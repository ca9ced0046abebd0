import CKernels
package import NeuralNetwork

/// The gates of a step of a GRU for `rows` sequences; gates in the order z, r, h.
///
/// The kernel's header says what each array holds.
package struct RecurrentKernels: Sendable {
    package let isLinear: Bool
    package let rows: Int
    package let hidden: Int

    /// Creates the kernels; `isLinear` is ONNX's `linear_before_reset`.
    package init(isLinear: Bool, rows: Int, hidden: Int) {
        self.isLinear = isLinear
        self.rows = rows
        self.hidden = hidden
    }

    /// The new state.
    package func step(
        inputs: FloatSlice,
        recurrent: FloatSlice,
        state: FloatSlice,
        gates: MutableFloatSlice,
        newState: MutableFloatSlice
    ) {
        requireGates(inputs, recurrent, gates.readOnly)
        requireStates(state, newState.readOnly)
        unsafe gk_gru(
            isLinear ? 1 : 0,
            rows,
            hidden,
            inputs.base,
            recurrent.base,
            state.base,
            gates.base,
            newState.base
        )
    }

    /// r · h, which the third product takes when the GRU is not linear before the reset.
    package func resetState(
        inputs: FloatSlice,
        recurrent: FloatSlice,
        state: FloatSlice,
        into reset: MutableFloatSlice
    ) {
        requireGates(inputs, recurrent)
        requireStates(state, reset.readOnly)
        unsafe gk_gru_reset(
            rows,
            hidden,
            inputs.base,
            recurrent.base,
            state.base,
            reset.base
        )
    }

    /// The gradients of both products and the direct part of the state's.
    package func gradient(
        gates: FloatSlice,
        recurrent: FloatSlice,
        state: FloatSlice,
        dNewState: FloatSlice,
        dInputs: MutableFloatSlice,
        dRecurrent: MutableFloatSlice,
        dState: MutableFloatSlice
    ) {
        requireGates(gates, recurrent, dInputs.readOnly, dRecurrent.readOnly)
        requireStates(state, dNewState, dState.readOnly)
        unsafe gk_gru_gradient(
            isLinear ? 1 : 0,
            rows,
            hidden,
            gates.base,
            recurrent.base,
            state.base,
            dNewState.base,
            dInputs.base,
            dRecurrent.base,
            dState.base
        )
    }

    /// Passes the gradient of r · h on to r and h.
    package func resetGradient(
        gates: FloatSlice,
        state: FloatSlice,
        dReset: FloatSlice,
        dInputs: MutableFloatSlice,
        dRecurrent: MutableFloatSlice,
        dState: MutableFloatSlice
    ) {
        requireGates(gates, dInputs.readOnly, dRecurrent.readOnly)
        requireStates(state, dReset, dState.readOnly)
        unsafe gk_gru_reset_gradient(
            rows,
            hidden,
            gates.base,
            state.base,
            dReset.base,
            dInputs.base,
            dRecurrent.base,
            dState.base
        )
    }

    private func requireGates(_ slices: FloatSlice...) {
        for slice in slices { slice.require(3 * rows * hidden, "gates") }
    }

    private func requireStates(_ slices: FloatSlice...) {
        for slice in slices { slice.require(rows * hidden, "state") }
    }
}

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
