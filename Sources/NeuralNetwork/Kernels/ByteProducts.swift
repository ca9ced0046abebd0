import CKernels

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
