/// The declared name, type and shape of a graph's input or output.
package struct ValueInfo: Sendable, Hashable {
    /// The value's name.
    package var name: String
    /// The type of its numbers.
    package var elementType: ElementType
    /// The declared axes, outermost first; nil when the model declares none.
    package var shape: [Dimension]?

    /// Creates a declaration.
    package init(name: String, elementType: ElementType, shape: [Dimension]?) {
        self.name = name
        self.elementType = elementType
        self.shape = shape
    }
}
