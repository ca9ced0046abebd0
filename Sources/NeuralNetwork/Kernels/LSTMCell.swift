import CKernels

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
