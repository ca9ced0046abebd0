internal import COpenBLAS
internal import CTensorKernels

/// Matrix products, one thread each, so that threads can work on images of a batch.
///
/// OpenBLAS does them if it knows the processor. Debian's OpenBLAS 0.3.21 does not know newer ones
/// and then falls back to SSE; with a workspace, the kernels of inference take its place.
package enum MatrixKernel {
    /// OpenBLAS would otherwise start a thread for every processor.
    private static let oneThread: Void = openblas_set_num_threads(1)

    /// The instruction level of the kernels of inference.
    private static let level: Int32 =
        if tk_level_is_supported(Int32(TK_LEVEL_AVX512)) != 0 {
            Int32(TK_LEVEL_AVX512)
        } else if tk_level_is_supported(Int32(TK_LEVEL_AVX2)) != 0 {
            Int32(TK_LEVEL_AVX2)
        } else {
            Int32(TK_LEVEL_BASELINE)
        }

    /// Whether OpenBLAS uses no AVX2 although the processor has it.
    private static let isOpenBLASBehind: Bool = {
        guard level != TK_LEVEL_BASELINE, let name = unsafe openblas_get_corename() else {
            return false
        }
        let known = ["Haswell", "Zen", "SkylakeX", "Cooperlake", "Sapphirerapids", "Excavator"]
        return unsafe !known.contains(String(cString: name))
    }()

    /// Floats of workspace for a product of this size.
    package static func workspaceSize(m: Int, n: Int, k: Int) -> Int {
        (k + 1) * paddedColumns(n) + m * k
    }

    /// C = op(A) · op(B), or C += op(A) · op(B); row-major and without gaps.
    ///
    /// - `a`: [m, k], or stored [k, m] if `transposeA`.
    /// - `b`: [k, n], or stored [n, k] if `transposeB`.
    /// - `c`: [m, n].
    /// - `workspace`: Of ``workspaceSize(m:n:k:)``, if the product is to be as fast as it can be.
    /// - `packs`: Whether to use the kernels of inference; nil chooses the faster.
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
        into c: FloatRun,
        workspace: FloatRun? = nil,
        packs: Bool? = nil
    ) {
        precondition(m >= 0 && n >= 0 && k >= 0, "sizes \(m), \(n), \(k)")
        guard m > 0, n > 0 else { return }
        a.require(m * k, "left side")
        b.require(k * n, "right side")
        c.require(m * n, "output")
        if let workspace, scale == 1, packs ?? isOpenBLASBehind {
            pack(b, isTransposed: transposeB, n: n, k: k, into: workspace)
            multiplyPacked(a, transposeA, (m, n, k), adds, c, workspace)
            return
        }
        _ = oneThread
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

    private static func paddedColumns(_ n: Int) -> Int {
        (n + Int(TK_PANEL) - 1) / Int(TK_PANEL) * Int(TK_PANEL)
    }

    /// Lays the right side out as the kernels want it, with a bias of zeros behind it.
    private static func pack(
        _ b: FloatRun,
        isTransposed: Bool,
        n: Int,
        k: Int,
        into workspace: FloatRun
    ) {
        let padded = paddedColumns(n)
        workspace.require((k + 1) * padded, "workspace")
        unsafe tk_pack(b.base, isTransposed ? 1 : n, isTransposed ? k : 1, k, n, workspace.base)
        workspace.run(at: k * padded, count: padded).fill(with: 0)
    }

    private static func multiplyPacked(
        _ a: FloatRun,
        _ transposeA: Bool,
        _ size: (m: Int, n: Int, k: Int),
        _ adds: Bool,
        _ c: FloatRun,
        _ workspace: FloatRun
    ) {
        let (m, n, k) = size
        let padded = paddedColumns(n)
        var left = a
        if transposeA {
            left = workspace.run(at: (k + 1) * padded, count: m * k)
            unsafe tk_transpose(1, k, m, a.base, left.base)
        }
        var product = unsafe tk_product(
            input: left.base,
            pixelStride: k,
            rowStride: 0,
            rowWidth: m,
            pixelCount: m,
            tapRows: 1,
            tapColumns: 1,
            runLength: k,
            tapRowStep: 0,
            tapColumnStep: 0,
            weights: workspace.base,
            bias: workspace.base + k * padded,
            columnCount: n,
            output: c.base,
            outputStride: n,
            addend: adds ? UnsafePointer(c.base) : nil,
            addendStride: n,
            low: -.infinity,
            high: .infinity
        )
        unsafe tk_multiply(level, &product)
    }
}
