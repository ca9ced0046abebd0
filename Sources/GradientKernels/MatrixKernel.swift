internal import COpenBLAS

/// Matrix products by OpenBLAS, one thread each, so that threads can work on images of a batch.
package enum MatrixKernel {
    /// OpenBLAS would otherwise start a thread for every processor.
    private static let oneThread: Void = openblas_set_num_threads(1)

    /// C = op(A) · op(B), or C += op(A) · op(B); row-major and without gaps.
    ///
    /// - `a`: [m, k], or stored [k, m] if `transposeA`.
    /// - `b`: [k, n], or stored [n, k] if `transposeB`.
    /// - `c`: [m, n].
    package static func multiply(
        _ a: FloatRun,
        transposeA: Bool = false,
        _ b: FloatRun,
        transposeB: Bool = false,
        m: Int,
        n: Int,
        k: Int,
        scale: Float = 1,
        adds: Bool = false,
        into c: FloatRun
    ) {
        precondition(m >= 0 && n >= 0 && k >= 0, "sizes \(m), \(n), \(k)")
        guard m > 0, n > 0 else { return }
        _ = oneThread
        a.require(m * k, "left side")
        b.require(k * n, "right side")
        c.require(m * n, "output")
        unsafe cblas_sgemm(
            CblasRowMajor,
            transposeA ? CblasTrans : CblasNoTrans,
            transposeB ? CblasTrans : CblasNoTrans,
            Int32(m),
            Int32(n),
            Int32(k),
            scale,
            a.base,
            Int32(max(transposeA ? m : k, 1)),
            b.base,
            Int32(max(transposeB ? k : n, 1)),
            adds ? 1 : 0,
            c.base,
            Int32(n)
        )
    }
}
