/// A named array of numbers with a shape, stored in row-major order.
package struct Tensor: Sendable, Hashable {
    /// The name by which nodes refer to it; empty for the value of an attribute.
    package var name: String
    /// The length of each axis, outermost first; empty for a scalar.
    package let shape: [Int]
    /// The numbers, as many as the shape says.
    package let values: TensorValues

    /// Creates a tensor.
    ///
    /// - Parameters:
    ///   - name: The name by which nodes refer to it.
    ///   - shape: The length of each axis, outermost first.
    ///   - values: The numbers in row-major order, as many as the product of `shape`.
    package init(name: String = "", shape: [Int], values: TensorValues) {
        precondition(
            shape.allSatisfy { $0 >= 0 } && TensorShape.elementCount(of: shape) == values.count,
            "a tensor holds as many values as its shape says"
        )
        self.name = name
        self.shape = shape
        self.values = values
    }

    /// Creates a tensor of 32-bit floats.
    package init(name: String = "", shape: [Int], floats: [Float]) {
        self.init(name: name, shape: shape, values: .float32(floats))
    }

    /// Creates a tensor of 64-bit integers.
    package init(name: String = "", shape: [Int], integers: [Int64]) {
        self.init(name: name, shape: shape, values: .int64(integers))
    }

    /// The type of the numbers.
    package var elementType: ElementType { values.elementType }
}
