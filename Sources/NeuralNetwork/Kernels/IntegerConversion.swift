import CKernels

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

/// Products of rows of signed bytes with one row, as nearest neighbours are looked for.
package enum ByteProducts {
    /// products[r] = Σ rows[r, i] · row[i].
    ///
    /// - Parameters:
    ///   - rows: Bytes in two's complement, shape `[count, row.count]`.
    ///   - row: Bytes in two's complement, at least one.
    ///   - products: Receives the sums, at its beginning; at least `count`.
    ///   - level: Which copy of the kernel runs.
    package static func compute(
        of rows: Span<UInt8>,
        with row: Span<UInt8>,
        into products: inout MutableSpan<Int32>,
        level: InstructionLevel = .best
    ) {
        let length = row.count
        precondition(length > 0 && rows.count % length == 0, "rows are as long as the one")
        let count = rows.count / length
        precondition(count <= products.count, "every row has a product")
        unsafe rows.withUnsafeBytes { rows in
            unsafe row.withUnsafeBytes { row in
                unsafe products.withUnsafeMutableBufferPointer { products in
                    guard let x = rows.baseAddress, let y = row.baseAddress,
                        let target = products.baseAddress
                    else { return }
                    unsafe tk_byte_products(
                        level.code,
                        count,
                        length,
                        x.assumingMemoryBound(to: Int8.self),
                        y.assumingMemoryBound(to: Int8.self),
                        target
                    )
                }
            }
        }
    }
}
