/// The content of an `.npy` file: an array of numbers with a shape, in row-major order.
package struct NPYArray: Sendable, Equatable {
    /// The length of each axis, outermost first; empty for a scalar.
    package let shape: [Int]
    /// The numbers.
    package let values: NPYValues

    /// Creates an array.
    ///
    /// - Parameters:
    ///   - shape: The length of each axis, outermost first.
    ///   - values: The numbers in row-major order, as many as the product of `shape`.
    package init(shape: [Int], values: NPYValues) {
        precondition(
            shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == values.count,
            "an array holds as many values as its shape says"
        )
        self.shape = shape
        self.values = values
    }

    /// Creates an array of 32-bit floats.
    package init(shape: [Int], floats: [Float]) {
        self.init(shape: shape, values: .float32(floats))
    }

    /// The numbers, when they are 32-bit floats.
    package var floats: [Float]? {
        if case .float32(let floats) = values { floats } else { nil }
    }
}
