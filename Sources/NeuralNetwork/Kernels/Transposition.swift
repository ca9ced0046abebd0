import CKernels

/// Changes between channels first and channels last, and other swaps of two neighbouring axes.
package enum Transposition {
    /// [batch, rows, columns] to [batch, columns, rows].
    ///
    /// NCHW to NHWC is rows = C, columns = H·W; the way back is rows = H·W, columns = C.
    package static func transpose(
        _ input: FloatSlice,
        batch: Int = 1,
        rows: Int,
        columns: Int,
        into output: MutableFloatSlice
    ) {
        precondition(
            batch >= 0 && rows >= 0 && columns >= 0,
            "\(batch) of \(rows) × \(columns)"
        )
        input.require(batch * rows * columns, "input")
        output.require(batch * rows * columns, "output")
        unsafe tk_transpose(batch, rows, columns, input.base, output.base)
    }
}
