/// The name, element type and shape of an input or output of a loaded network.
package struct TensorDescription: Sendable, Hashable {
    /// The name as the model has it.
    package let name: String
    /// The element type and the shape.
    package let type: TensorType
}
