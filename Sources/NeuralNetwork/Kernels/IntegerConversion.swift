/// Between floats and the integers of 8 and 16 bits that stand for them, with one scale for all.
///
/// Loops that the compiler can turn into vectors: rounding adds a number so large that floats have
/// no fraction there.
struct IntegerConversion {
    let scale: Float
    let zeroPoint: Float

    /// 1.5 · 2²³: between it and its neighbours lies 1.
    private static let wholeNumbers: Float = 12_582_912

    /// Replaces floats by (x − zero point) · scale.
    @inline(__always)
    func toFloats<Number: TensorElement & FixedWidthInteger>(
        _ numbers: UnsafeBufferPointer<Number>,
        _ floats: MutableFloatSlice
    ) {
        precondition(numbers.count == floats.count, "as many floats as integers")
        let target = unsafe floats.base
        for index in 0..<numbers.count {
            unsafe target[index] = (Float(numbers[index]) - zeroPoint) * scale
        }
    }

    /// Replaces integers by x / scale + zero point, rounded (halves to even) and kept in range; NaN
    /// becomes 0.
    @inline(__always)
    func fromFloats<Number: TensorElement & FixedWidthInteger>(
        _ floats: FloatSlice,
        _ numbers: UnsafeMutableBufferPointer<Number>
    ) {
        precondition(numbers.count == floats.count, "as many integers as floats")
        let source = unsafe floats.base
        let low = Float(Number.min) - zeroPoint
        let high = Float(Number.max) - zeroPoint
        let magic = Self.wholeNumbers
        let origin = Int32(bitPattern: magic.bitPattern) &- Int32(zeroPoint)
        for index in 0..<floats.count {
            let quotient = unsafe source[index] / scale
            let bounded = quotient < high ? (quotient > low ? quotient : low) : high
            let whole = Int32(bitPattern: (bounded + magic).bitPattern) &- origin
            unsafe numbers[index] =
                quotient == quotient ? Number(truncatingIfNeeded: whole) : 0
        }
    }
}
