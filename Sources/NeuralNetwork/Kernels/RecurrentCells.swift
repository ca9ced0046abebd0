import CKernels

/// One step of a gated recurrent unit: sigmoid gates, tanh candidate.
///
/// Formulas and the gate order z, r, h are those of ONNX's GRU.
package final class GRUCell: Sendable {
    package let hiddenSize: Int
    package let linearBeforeReset: Bool
    /// All gates, or z and r only if the reset comes before the product.
    private let gates: PackedMatrix
    private let candidate: PackedMatrix?
    private let level: InstructionLevel

    /// Packs the weights.
    ///
    /// - `recurrence`: R of ONNX for one direction: [3 · hidden, hidden].
    /// - `bias`: Rb of ONNX for one direction: [3 · hidden], or nil for none.
    /// - `linearBeforeReset`: As ONNX linear_before_reset; PyTorch's GRU is true.
    package init(
        recurrence: [Float],
        bias: [Float]? = nil,
        hiddenSize: Int,
        linearBeforeReset: Bool,
        level: InstructionLevel = .best
    ) {
        let square = hiddenSize * hiddenSize
        precondition(
            hiddenSize > 0 && recurrence.count == 3 * square,
            "\(recurrence.count) weights for \(hiddenSize) units"
        )
        let bias = bias ?? [Float](repeating: 0, count: 3 * hiddenSize)
        precondition(bias.count == 3 * hiddenSize, "bias of the wrong size")
        self.hiddenSize = hiddenSize
        self.linearBeforeReset = linearBeforeReset
        self.level = level
        let gateCount = linearBeforeReset ? 3 : 2
        gates = PackedMatrix(
            Array(recurrence[0..<gateCount * square]),
            rowCount: hiddenSize,
            columnCount: gateCount * hiddenSize,
            transposed: true,
            bias: Array(bias[0..<gateCount * hiddenSize]),
            level: level
        )
        candidate =
            linearBeforeReset
            ? nil
            : PackedMatrix(
                Array(recurrence[2 * square..<3 * square]),
                rowCount: hiddenSize,
                columnCount: hiddenSize,
                transposed: true,
                bias: Array(bias[2 * hiddenSize..<3 * hiddenSize]),
                level: level
            )
    }

    /// Floats of workspace for a step of `batch` states.
    package func workspaceSize(batch: Int) -> Int { batch * 5 * hiddenSize }

    /// Computes the next state.
    ///
    /// - `inputs`: X·Wᵀ + Wb, [batch, 3 · hidden], states `inputStride` floats apart (3 · hidden if
    ///   nil); a `PackedMatrix` makes it for all steps at once.
    /// - `state`: [batch, hidden].
    /// - `newState`: [batch, hidden]; may be `state`.
    package func step(
        inputs: FloatSlice,
        inputStride: Int? = nil,
        state: FloatSlice,
        batch: Int = 1,
        workspace: MutableFloatSlice,
        into newState: MutableFloatSlice
    ) {
        let hidden = hiddenSize
        let inputStride = inputStride ?? 3 * hidden
        precondition(inputStride >= 3 * hidden && batch > 0, "stride \(inputStride), \(batch)")
        inputs.require((batch - 1) * inputStride + 3 * hidden, "inputs")
        state.require(batch * hidden, "state")
        newState.require(batch * hidden, "new state")
        workspace.require(workspaceSize(batch: batch), "workspace")
        let products = workspace[0..<batch * 3 * hidden]
        let update = workspace[batch * 3 * hidden..<batch * 4 * hidden]
        let resetState = workspace[batch * 4 * hidden..<batch * 5 * hidden]
        gates.multiply(state, rows: batch, into: products)
        guard let candidate else {
            for item in 0..<batch {
                unsafe tk_gru_linear(
                    level.code,
                    hidden,
                    inputs.base + item * inputStride,
                    products.base + item * 3 * hidden,
                    state.base + item * hidden,
                    newState.base + item * hidden
                )
            }
            return
        }
        for item in 0..<batch {
            unsafe tk_gru_gates(
                level.code,
                hidden,
                inputs.base + item * inputStride,
                products.base + item * 2 * hidden,
                state.base + item * hidden,
                update.base + item * hidden,
                resetState.base + item * hidden
            )
        }
        candidate.multiply(resetState.readOnly, rows: batch, into: products)
        for item in 0..<batch {
            unsafe tk_gru_finish(
                level.code,
                hidden,
                inputs.base + item * inputStride,
                products.base + item * hidden,
                update.base + item * hidden,
                state.base + item * hidden,
                newState.base + item * hidden
            )
        }
    }
}

/// One step of a long short-term memory: sigmoid gates, tanh candidate and output.
///
/// Formulas and the gate order i, o, f, c are those of ONNX's LSTM.
package final class LSTMCell: Sendable {
    package let hiddenSize: Int
    private let gates: PackedMatrix
    private let peepholes: FloatMemory?
    private let level: InstructionLevel

    /// Packs the weights.
    ///
    /// - `recurrence`: R of ONNX for one direction: [4 · hidden, hidden].
    /// - `bias`: Rb of ONNX for one direction: [4 · hidden], or nil for none.
    /// - `peepholes`: P of ONNX for one direction: [3 · hidden] in the order i, o, f, or nil.
    package init(
        recurrence: [Float],
        bias: [Float]? = nil,
        peepholes: [Float]? = nil,
        hiddenSize: Int,
        level: InstructionLevel = .best
    ) {
        precondition(
            hiddenSize > 0 && recurrence.count == 4 * hiddenSize * hiddenSize,
            "\(recurrence.count) weights for \(hiddenSize) units"
        )
        precondition(
            peepholes.map { $0.count == 3 * hiddenSize } ?? true,
            "peepholes of the wrong size"
        )
        self.hiddenSize = hiddenSize
        self.level = level
        gates = PackedMatrix(
            recurrence,
            rowCount: hiddenSize,
            columnCount: 4 * hiddenSize,
            transposed: true,
            bias: bias,
            level: level
        )
        self.peepholes = peepholes.map { FloatMemory($0) }
    }

    /// Floats of workspace for a step of `batch` states.
    package func workspaceSize(batch: Int) -> Int { batch * 4 * hiddenSize }

    /// Computes the next state.
    ///
    /// - `inputs`: X·Wᵀ + Wb, [batch, 4 · hidden], states `inputStride` floats apart (4 · hidden if
    ///   nil); a `PackedMatrix` makes it for all steps at once.
    /// - `state`: h, [batch, hidden].
    /// - `cell`: c, [batch, hidden].
    /// - `newState`: [batch, hidden]; may be `state`.
    /// - `newCell`: [batch, hidden]; may be `cell`.
    package func step(
        inputs: FloatSlice,
        inputStride: Int? = nil,
        state: FloatSlice,
        cell: FloatSlice,
        batch: Int = 1,
        workspace: MutableFloatSlice,
        newState: MutableFloatSlice,
        newCell: MutableFloatSlice
    ) {
        let hidden = hiddenSize
        let inputStride = inputStride ?? 4 * hidden
        precondition(inputStride >= 4 * hidden && batch > 0, "stride \(inputStride), \(batch)")
        inputs.require((batch - 1) * inputStride + 4 * hidden, "inputs")
        state.require(batch * hidden, "state")
        cell.require(batch * hidden, "cell")
        newState.require(batch * hidden, "new state")
        newCell.require(batch * hidden, "new cell")
        workspace.require(workspaceSize(batch: batch), "workspace")
        gates.multiply(state, rows: batch, into: workspace)
        for item in 0..<batch {
            unsafe tk_lstm(
                level.code,
                hidden,
                inputs.base + item * inputStride,
                workspace.base + item * 4 * hidden,
                peepholes?.readOnly.base,
                cell.base + item * hidden,
                newCell.base + item * hidden,
                newState.base + item * hidden
            )
        }
    }
}
