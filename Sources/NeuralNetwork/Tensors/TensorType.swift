/// The element type and the shape of a value whose axes are all known.
package struct TensorType: Sendable, Hashable, CustomStringConvertible {
    /// The type of the numbers.
    package let elementType: ElementType
    /// The length of each axis, outermost first; none is negative.
    package let shape: [Int]
    /// The number of elements; `Int.max` when there are more than can be counted, which no value of
    /// a loaded network has.
    package let elementCount: Int

    /// Creates a type.
    package init(_ elementType: ElementType, _ shape: [Int]) {
        self.elementType = elementType
        self.shape = shape
        self.elementCount = TensorShape.elementCount(of: shape) ?? .max
    }

    /// The number of axes.
    package var rank: Int { shape.count }

    /// As in `float[1, 96, 64]`.
    package var description: String { "\(elementType.name)\(shape)" }
}
