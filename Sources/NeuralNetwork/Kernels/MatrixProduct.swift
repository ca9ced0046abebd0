import CKernels
import COpenBLAS

/// Products of two matrices that both change from run to run, in inference as in training.
///
/// Each is done by one thread, so that several can work on the images of a batch. OpenBLAS does
/// them if it knows the processor. Debian's OpenBLAS 0.3.21 does not know newer ones and then falls
/// back to SSE; with a workspace, the right side is then packed at each call and multiplied by the
/// kernels of `PackedMatrix` instead. Measured on one core with AVX-512, from 16 × 64 × 64 to
/// 1000 × 1024 × 1024: 1.6 to 5.6 times as fast as OpenBLAS for SSE, 0.6 to 1.5 times as fast as
/// OpenBLAS for the same instructions.
package enum MatrixProduct {
    /// Whether the kernels OpenBLAS chose use no AVX2 although the processor has it.
    private static let isOpenBLASBehind: Bool = {
        guard InstructionLevel.best >= .avx2, let name = unsafe openblas_get_corename() else {
            return false
        }
        let known = ["Haswell", "Zen", "SkylakeX", "Cooperlake", "Sapphirerapids", "Excavator"]
        return unsafe !known.contains(String(cString: name))
    }()

    /// OpenBLAS would otherwise start a thread for every processor.
    private static let oneThread: Void = openblas_set_num_threads(1)

    /// Floats of workspace with which `multiply` may choose its own kernels.
    package static func workspaceSize(m: Int, n: Int, k: Int, transposeA: Bool = false) -> Int {
        (k + 1) * paddedToPanels(n) + (transposeA ? m * k : 0)
    }

    /// C = scale · op(A) · op(B) + outputScale · C, `batch` times.
    ///
    /// - `a`: op(A) is [m, k]; stored [m, k], or [k, m] if `transposeA`. Without gaps.
    /// - `b`: op(B) is [k, n]; stored [k, n], or [n, k] if `transposeB`. Without gaps.
    /// - `output`: C, [m, n] for each of the batch.
    /// - `aStep`: Floats from one A of the batch to the next; 0 takes the same one each time.
    /// - `bStep`: The same for B.
    /// - `workspace`: Of at least `workspaceSize(m:n:k:transposeA:)` floats, or nil for OpenBLAS.
    /// - `packs`: Whether to pack rather than to ask OpenBLAS; nil chooses the faster.
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
        bStep: Int? = nil,
        workspace: MutableFloatSlice? = nil,
        packs: Bool? = nil,
        level: InstructionLevel = .best
    ) {
        precondition(m >= 0 && n >= 0 && k >= 0 && batch >= 0, "sizes \(m), \(n), \(k), \(batch)")
        guard m > 0, n > 0, batch > 0 else { return }
        let aStep = aStep ?? m * k
        let bStep = bStep ?? k * n
        precondition(aStep >= 0 && bStep >= 0, "steps \(aStep), \(bStep)")
        a.require((batch - 1) * aStep + m * k, "left side")
        b.require((batch - 1) * bStep + k * n, "right side")
        output.require(batch * m * n, "output")
        for item in 0..<batch {
            let left = a[item * aStep..<item * aStep + m * k]
            let right = b[item * bStep..<item * bStep + k * n]
            let result = output[item * m * n..<(item + 1) * m * n]
            if let workspace, packs ?? isOpenBLASBehind {
                multiply(result, by: outputScale, level)
                multiplyPacked(
                    left,
                    transposeA,
                    right,
                    transposeB,
                    (m, n, k),
                    scale,
                    adds: outputScale != 0,
                    result,
                    workspace,
                    level
                )
            } else {
                multiplyByOpenBLAS(
                    left,
                    transposeA,
                    right,
                    transposeB,
                    (m, n, k),
                    scale,
                    outputScale,
                    result
                )
            }
        }
    }

    private static func multiplyByOpenBLAS(
        _ a: FloatSlice,
        _ transposeA: Bool,
        _ b: FloatSlice,
        _ transposeB: Bool,
        _ size: (m: Int, n: Int, k: Int),
        _ scale: Float,
        _ outputScale: Float,
        _ output: MutableFloatSlice
    ) {
        _ = oneThread
        unsafe cblas_sgemm(
            CblasRowMajor,
            transposeA ? CblasTrans : CblasNoTrans,
            transposeB ? CblasTrans : CblasNoTrans,
            Int32(size.m),
            Int32(size.n),
            Int32(size.k),
            scale,
            a.base,
            Int32(max(transposeA ? size.m : size.k, 1)),
            b.base,
            Int32(max(transposeB ? size.k : size.n, 1)),
            outputScale,
            output.base,
            Int32(size.n)
        )
    }

    private static func multiplyPacked(
        _ a: FloatSlice,
        _ transposeA: Bool,
        _ b: FloatSlice,
        _ transposeB: Bool,
        _ size: (m: Int, n: Int, k: Int),
        _ scale: Float,
        adds: Bool,
        _ output: MutableFloatSlice,
        _ workspace: MutableFloatSlice,
        _ level: InstructionLevel
    ) {
        let (m, n, k) = size
        let padded = paddedToPanels(n)
        let needed = workspaceSize(m: m, n: n, k: k, transposeA: transposeA)
        workspace.require(needed, "workspace")
        let packed = workspace[0..<k * padded]
        let bias = workspace[k * padded..<(k + 1) * padded]
        bias.fill(with: 0)
        unsafe tk_pack(b.base, transposeB ? 1 : n, transposeB ? k : 1, k, n, packed.base)
        if scale == 0 {
            packed.fill(with: 0)
        }
        multiply(packed, by: scale, level)
        var left = a
        if transposeA {
            let turned = workspace[(k + 1) * padded..<needed]
            Transposition.transpose(a, rows: k, columns: m, into: turned)
            left = turned.readOnly
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
            weights: UnsafeRawPointer(packed.readOnly.base),
            scales: nil,
            bias: bias.readOnly.base,
            columnCount: n,
            output: output.base,
            outputStride: n,
            addend: adds ? UnsafePointer(output.base) : nil,
            addendStride: n,
            low: -.infinity,
            high: .infinity
        )
        unsafe tk_multiply(level.code, &product)
    }

    /// Multiplies in place; 0 is left to the caller.
    private static func multiply(
        _ values: MutableFloatSlice,
        by factor: Float,
        _ level: InstructionLevel
    ) {
        guard factor != 0, factor != 1 else { return }
        var factor = factor
        unsafe tk_binary(
            level.code,
            TK_MULTIPLY,
            1,
            values.count,
            values.base,
            0,
            1,
            &factor,
            0,
            0,
            values.base
        )
    }
}
