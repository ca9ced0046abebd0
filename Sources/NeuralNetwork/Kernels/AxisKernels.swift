import CKernels

/// Folds one axis to a single element.
package enum Reduction: CaseIterable, Sendable {
    case sum, mean, maximum, minimum, sumOfSquares, sumOfMagnitudes
    /// √ of the sum of squares.
    case euclideanNorm

    /// Reduces the middle axis of [outer, length, inner] to [outer, inner].
    ///
    /// A global pool over an image [H, W, C] is outer = 1, length = H·W, inner = C.
    package func reduce(
        _ input: FloatSlice,
        outer: Int,
        length: Int,
        inner: Int,
        into output: MutableFloatSlice,
        level: InstructionLevel = .best
    ) {
        precondition(outer >= 0 && length >= 0 && inner >= 0, "[\(outer), \(length), \(inner)]")
        input.require(outer * length * inner, "input")
        output.require(outer * inner, "output")
        unsafe tk_reduce(level.code, kind, outer, length, inner, input.base, output.base)
        if self == .euclideanNorm {
            let whole = output[0..<outer * inner]
            ScalarFunction.squareRoot.apply(whole.readOnly, into: whole, level: level)
        }
    }

    private var kind: tk_reduction_kind {
        switch self {
        case .sum: TK_SUM
        case .mean: TK_MEAN
        case .maximum: TK_MAX
        case .minimum: TK_MIN
        case .sumOfSquares, .euclideanNorm: TK_SUM_SQUARES
        case .sumOfMagnitudes: TK_SUM_ABS
        }
    }
}

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
