import CKernels

/// Softmax and its logarithm over the last axis.
package enum Softmax {
    /// Computes log(softmax) or softmax of each row.
    ///
    /// - `input`: [rows, length].
    /// - `output`: The same shape; may be `input`.
    /// - `logarithm`: Whether to give log(softmax).
    package static func apply(
        _ input: FloatSlice,
        rows: Int,
        length: Int,
        logarithm: Bool = false,
        into output: MutableFloatSlice,
        level: InstructionLevel = .best
    ) {
        precondition(rows >= 0 && length >= 0, "[\(rows), \(length)]")
        input.require(rows * length, "input")
        output.require(rows * length, "output")
        unsafe tk_softmax(level.code, logarithm ? 1 : 0, rows, length, input.base, output.base)
    }
}
