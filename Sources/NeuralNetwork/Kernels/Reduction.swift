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
