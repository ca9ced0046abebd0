/// A named constant of a node, such as the strides of a convolution.
package struct Attribute: Sendable, Hashable {
    /// The name as the operator's specification has it.
    package var name: String
    /// The value.
    package var value: AttributeValue

    /// Creates an attribute.
    package init(name: String, value: AttributeValue) {
        self.name = name
        self.value = value
    }
}
