internal import CGradientKernels

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
        inputs: FloatRun,
        recurrent: FloatRun,
        state: FloatRun,
        gates: FloatRun,
        newState: FloatRun
    ) {
        requireGates(inputs, recurrent, gates)
        requireStates(state, newState)
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
        inputs: FloatRun,
        recurrent: FloatRun,
        state: FloatRun,
        into reset: FloatRun
    ) {
        requireGates(inputs, recurrent)
        requireStates(state, reset)
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
        gates: FloatRun,
        recurrent: FloatRun,
        state: FloatRun,
        dNewState: FloatRun,
        dInputs: FloatRun,
        dRecurrent: FloatRun,
        dState: FloatRun
    ) {
        requireGates(gates, recurrent, dInputs, dRecurrent)
        requireStates(state, dNewState, dState)
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
        gates: FloatRun,
        state: FloatRun,
        dReset: FloatRun,
        dInputs: FloatRun,
        dRecurrent: FloatRun,
        dState: FloatRun
    ) {
        requireGates(gates, dInputs, dRecurrent)
        requireStates(state, dReset, dState)
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

    private func requireGates(_ runs: FloatRun...) {
        for run in runs { run.require(3 * rows * hidden, "gates") }
    }

    private func requireStates(_ runs: FloatRun...) {
        for run in runs { run.require(rows * hidden, "state") }
    }
}
