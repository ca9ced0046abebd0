package import ONNXFormat

/// The element type and the shape of a value whose axes are all known.
package struct TensorType: Sendable, Hashable, CustomStringConvertible {
    /// The type of the numbers.
    package let elementType: ElementType
    /// The length of each axis, outermost first; none is negative.
    package let shape: [Int]
    /// The number of elements.
    package let elementCount: Int

    /// Creates a type; the shape's element count must be a number.
    package init(_ elementType: ElementType, _ shape: [Int]) {
        guard let count = TensorShape.elementCount(of: shape) else {
            preconditionFailure("a tensor type has a countable shape")
        }
        self.elementType = elementType
        self.shape = shape
        self.elementCount = count
    }

    /// The number of axes.
    package var rank: Int { shape.count }

    /// As in `float[1, 96, 64]`.
    package var description: String { "\(elementType.name)\(shape)" }
}
