import COpenBLAS

/// Products of two matrices that both change from run to run, by OpenBLAS on one thread.
package enum MatrixProduct {
    /// OpenBLAS would otherwise start a thread for every processor.
    private static let oneThread: Void = openblas_set_num_threads(1)

    /// C = scale · op(A) · op(B) + outputScale · C, `batch` times.
    ///
    /// - `a`: op(A) is [m, k]; stored [m, k], or [k, m] if `transposeA`. Without gaps.
    /// - `b`: op(B) is [k, n]; stored [k, n], or [n, k] if `transposeB`. Without gaps.
    /// - `output`: C, [m, n] for each of the batch.
    /// - `aStep`: Floats from one A of the batch to the next; 0 takes the same one each time.
    /// - `bStep`: The same for B.
    package static func multiply(
        _ a: FloatSlice,
        transposeA: Bool = false,
        _ b: FloatSlice,
        transposeB: Bool = false,
        m: Int,
        n: Int,
        k: Int,
        scale: Float = 1,
        outputScale: Float = 0,
        into output: MutableFloatSlice,
        batch: Int = 1,
        aStep: Int? = nil,
        bStep: Int? = nil
    ) {
        precondition(m >= 0 && n >= 0 && k >= 0 && batch >= 0, "sizes \(m), \(n), \(k), \(batch)")
        guard m > 0, n > 0, batch > 0 else { return }
        _ = oneThread
        let aStep = aStep ?? m * k
        let bStep = bStep ?? k * n
        precondition(aStep >= 0 && bStep >= 0, "steps \(aStep), \(bStep)")
        a.require((batch - 1) * aStep + m * k, "left side")
        b.require((batch - 1) * bStep + k * n, "right side")
        output.require(batch * m * n, "output")
        for item in 0..<batch {
            unsafe cblas_sgemm(
                CblasRowMajor,
                transposeA ? CblasTrans : CblasNoTrans,
                transposeB ? CblasTrans : CblasNoTrans,
                Int32(m),
                Int32(n),
                Int32(k),
                scale,
                a.base + item * aStep,
                Int32(max(transposeA ? m : k, 1)),
                b.base + item * bStep,
                Int32(max(transposeB ? k : n, 1)),
                outputScale,
                output.base + item * m * n,
                Int32(n)
            )
        }
    }
}
