import CKernels

/// Weights of one or several products, rearranged once into panels of columns as kernels want them.
final class PackedWeights: Sendable {
    /// Panels of floats, or of int8 as bytes inside the floats' memory.
    private let memory: FloatMemory
    /// The steps of int8 weights, padded to whole panels for each product.
    private let scales: FloatMemory?
    private let rowCount: Int
    private let columnCount: Int

    /// Packs weights for `products` matrices: [products, columnCount, rowCount].
    ///
    /// - Parameters:
    ///   - weights: Of `products` times `columnCount` outputs.
    ///   - rowCount: K, the weights of one output.
    ///   - columnCount: N, the outputs of one product.
    ///   - products: How many there are.
    init(_ weights: Weights, rowCount: Int, columnCount: Int, products: Int = 1) {
        precondition(
            weights.count == products * rowCount * columnCount,
            "\(weights.count) weights for \(products) times \(rowCount) × \(columnCount)"
        )
        self.rowCount = rowCount
        self.columnCount = columnCount
        let padded = paddedToPanels(columnCount)
        let size = rowCount * padded
        guard let integers = weights.integers else {
            memory = FloatMemory(count: products * size)
            scales = nil
            let floats = weights.floats
            for product in 0..<products {
                let first = product * rowCount * columnCount
                pack(
                    floats[first..<first + rowCount * columnCount],
                    rowCount: rowCount,
                    columnCount: columnCount,
                    strides: (1, rowCount),
                    into: memory.slice(at: product * size, count: size)
                )
            }
            return
        }
        let floatSize = MemoryLayout<Float>.size
        memory = FloatMemory(count: (products * size + floatSize - 1) / floatSize)
        let scales = FloatMemory(count: products * padded)
        self.scales = scales
        for product in 0..<products {
            let part = integers.steps[product * columnCount..<(product + 1) * columnCount]
            scales.slice(at: product * padded, count: padded).update(from: Array(part).span)
        }
        let bytes = unsafe UnsafeMutableRawPointer(memory.slice.base)
        for output in 0..<products * columnCount {
            let (product, column) = (output / columnCount, output % columnCount)
            let panel = product * size + column / TK_PANEL * TK_PANEL * rowCount + column % TK_PANEL
            for row in 0..<rowCount {
                unsafe bytes.storeBytes(
                    of: integers.values[output * rowCount + row],
                    toByteOffset: panel + row * TK_PANEL,
                    as: Int8.self
                )
            }
        }
    }

    /// Where the panels of a product begin.
    func panels(of product: Int = 0) -> UnsafeRawPointer {
        let offset = product * rowCount * paddedToPanels(columnCount)
        let size = scales == nil ? MemoryLayout<Float>.size : 1
        return unsafe UnsafeRawPointer(memory.readOnly.base) + offset * size
    }

    /// The steps of a product's columns; nil for floats.
    func scales(of product: Int = 0) -> UnsafePointer<Float>? {
        guard let scales else { return nil }
        return unsafe scales.readOnly.base + product * paddedToPanels(columnCount)
    }
}
