import CKernels

/// A matrix of weights [K, N], rearranged once for products from the left.
///
/// C[M, N] = f(A[M, K] · B[K, N] + bias[N] + addend[M, N]). Each element of C is summed in the order
/// in one order whatever M is, so a row's result is the same alone and among others, bit for bit.
///
/// Measured on one core (x86-64 with AVX-512, 16 shapes from 1 × 126 × 11 to 1000 × 1024 × 1024)
/// against OpenBLAS 0.3.21 held to the same instructions, these kernels took 0.13 to 1.05 of its time
/// at every level but the lowest, where the two are equal (0.9 to 3.4 times as fast): the weights
/// would be rearranged at each call. So weights always come here, and `MatrixProduct` (OpenBLAS) is
/// for operands that both change. Up to 4 columns are done as scalar products instead: panels of 16
/// would be mostly empty.
package final class PackedMatrix: Sendable {
    /// K: columns of the left side.
    package let rowCount: Int
    /// N: columns of the result.
    package let columnCount: Int
    package let function: ScalarFunction
    private let weights: PackedWeights
    /// Weights [N, K] in place of the panels, where there are only a few columns.
    private let narrowWeights: FloatMemory?
    private let bias: FloatMemory
    private let level: InstructionLevel

    /// Packs the weights.
    ///
    /// - `matrix`: [K, N], or [N, K] if `transposed` (ONNX Gemm with transB, PyTorch's Linear).
    /// - `bias`: [N], or nil for none.
    package convenience init(
        _ matrix: [Float],
        rowCount: Int,
        columnCount: Int,
        transposed: Bool = false,
        bias: [Float]? = nil,
        function: ScalarFunction = .identity,
        level: InstructionLevel = .best
    ) {
        let rows = transposed ? matrix : Self.transposed(matrix, rowCount, columnCount)
        let weights = Weights(rows, outputCount: columnCount)
        self.init(weights, rowCount: rowCount, bias: bias, function: function, level: level)
    }

    /// Packs weights [N, K].
    ///
    /// - `rowCount`: K.
    /// - `bias`: [N], or nil for none.
    package init(
        _ weights: Weights,
        rowCount: Int,
        bias: [Float]? = nil,
        function: ScalarFunction = .identity,
        level: InstructionLevel = .best
    ) {
        let columnCount = weights.outputCount
        precondition(
            rowCount >= 0 && weights.count == rowCount * columnCount,
            "\(weights.count) weights for \(rowCount) × \(columnCount)"
        )
        precondition(
            bias.map { $0.count == columnCount } ?? true,
            "bias is not of \(columnCount) floats"
        )
        self.rowCount = rowCount
        self.columnCount = columnCount
        self.function = function
        self.level = level
        self.bias = FloatMemory(count: paddedToPanels(columnCount))
        if let bias {
            self.bias.slice.update(from: bias.span)
        }
        narrowWeights = columnCount <= 4 ? FloatMemory(weights.floats) : nil
        self.weights = PackedWeights(weights, rowCount: rowCount, columnCount: columnCount)
    }

    /// [K, N] to [N, K].
    private static func transposed(_ matrix: [Float], _ rows: Int, _ columns: Int) -> [Float] {
        precondition(
            rows >= 0 && columns > 0 && matrix.count == rows * columns,
            "\(matrix.count) weights for \(rows) × \(columns)"
        )
        let result = FloatMemory(count: matrix.count)
        Transposition.transpose(
            FloatMemory(matrix).readOnly,
            rows: rows,
            columns: columns,
            into: result.slice
        )
        return result.toArray()
    }

    /// Computes C for `rows` rows of A.
    ///
    /// - `left`: A, [rows, K], rows `leftStride` floats apart (K if nil; may be less: overlapping
    ///   rows are read only).
    /// - `addend`: [rows, N], rows `outputStride` apart; added before the function. May be `output`.
    /// - `output`: C, [rows, N], rows `outputStride` floats apart (N if nil).
    package func multiply(
        _ left: FloatSlice,
        rows: Int,
        leftStride: Int? = nil,
        addend: FloatSlice? = nil,
        into output: MutableFloatSlice,
        outputStride: Int? = nil
    ) {
        guard rows > 0 else { return }
        let leftStride = leftStride ?? rowCount
        let outputStride = outputStride ?? columnCount
        precondition(
            leftStride >= 0 && outputStride >= columnCount,
            "strides \(leftStride), \(outputStride)"
        )
        left.require((rows - 1) * leftStride + rowCount, "left side")
        output.require((rows - 1) * outputStride + columnCount, "output")
        addend?.require((rows - 1) * outputStride + columnCount, "addend")
        let bounds = function.bounds ?? (-.infinity, .infinity)
        var product = unsafe tk_product(
            input: left.base,
            pixelStride: leftStride,
            rowStride: 0,
            rowWidth: rows,
            pixelCount: rows,
            tapRows: 1,
            tapColumns: 1,
            runLength: rowCount,
            tapRowStep: 0,
            tapColumnStep: 0,
            weights: weights.panels(),
            scales: weights.scales(),
            bias: bias.readOnly.base,
            columnCount: columnCount,
            output: output.base,
            outputStride: outputStride,
            addend: addend?.base,
            addendStride: outputStride,
            low: bounds.low,
            high: bounds.high
        )
        if let narrowWeights {
            unsafe product.weights = UnsafeRawPointer(narrowWeights.readOnly.base)
            unsafe tk_multiply_narrow(level.code, &product)
        } else {
            unsafe tk_multiply(level.code, &product)
        }
        if function.bounds == nil {
            applyRows(function, rows, columnCount, outputStride, output, level)
        }
    }
}

/// Columns rounded up to whole panels.
func paddedToPanels(_ columns: Int) -> Int {
    let panel = TK_PANEL
    return (columns + panel - 1) / panel * panel
}

/// Rearranges weights, element (k, n) at k·strides.0 + n·strides.1, into panels.
func pack(
    _ matrix: ArraySlice<Float>,
    rowCount: Int,
    columnCount: Int,
    strides: (Int, Int),
    into packed: MutableFloatSlice
) {
    precondition(matrix.count >= rowCount * columnCount, "too few weights")
    packed.require(rowCount * paddedToPanels(columnCount), "packed weights")
    unsafe matrix.withUnsafeBufferPointer { values in
        guard let start = values.baseAddress else { return }
        unsafe tk_pack(start, strides.0, strides.1, rowCount, columnCount, packed.base)
    }
}

/// Applies a function to the first `columns` of each row.
func applyRows(
    _ function: ScalarFunction,
    _ rows: Int,
    _ columns: Int,
    _ stride: Int,
    _ values: MutableFloatSlice,
    _ level: InstructionLevel
) {
    if stride == columns {
        let whole = values[0..<rows * columns]
        function.apply(whole.readOnly, into: whole, level: level)
        return
    }
    for row in 0..<rows {
        let part = values[row * stride..<row * stride + columns]
        function.apply(part.readOnly, into: part, level: level)
    }
}
