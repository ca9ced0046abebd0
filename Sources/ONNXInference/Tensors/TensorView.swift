internal import ONNXFormat

/// A stretch of a buffer that is one value of the plan.
struct TensorView {
    let buffer: TensorBuffer
    /// The first element inside the buffer.
    let offset: Int
    let type: TensorType

    /// The view as one of elements of a known type.
    func elements<Element: TensorElement>(_ type: Element.Type) -> TypedView<Element> {
        guard let slot = Element.slot(of: buffer) else {
            preconditionFailure("a view is read as the type it was planned with")
        }
        return TypedView(
            slot: slot,
            range: offset..<offset + self.type.elementCount,
            shape: self.type.shape
        )
    }

    /// The numbers as values that can leave the plan.
    var values: TensorValues { buffer.values(in: offset..<offset + type.elementCount) }
}
