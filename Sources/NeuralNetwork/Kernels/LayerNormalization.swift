import CKernels

/// Rows shifted and scaled to mean 0 and variance 1.
package enum LayerNormalization {
    /// output = (input − mean) / √(variance + epsilon) · scale + shift, for each row.
    ///
    /// - `input`: [rows, length].
    /// - `scale`: [length].
    /// - `shift`: [length].
    /// - `output`: The same shape as `input`; may be `input`.
    package static func apply(
        _ input: FloatSlice,
        rows: Int,
        length: Int,
        epsilon: Float,
        scale: FloatSlice,
        shift: FloatSlice,
        into output: MutableFloatSlice,
        level: InstructionLevel = .best
    ) {
        precondition(rows >= 0 && length > 0, "[\(rows), \(length)]")
        input.require(rows * length, "input")
        output.require(rows * length, "output")
        scale.require(length, "scale")
        shift.require(length, "shift")
        unsafe tk_layer_normalize(
            level.code,
            rows,
            length,
            epsilon,
            input.base,
            scale.base,
            shift.base,
            output.base
        )
    }
}
