internal import CKernels
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
