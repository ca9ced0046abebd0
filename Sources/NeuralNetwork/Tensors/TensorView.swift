/// A stretch of storage that is one value of the plan.
struct TensorView {
    let buffer: TensorBuffer
    /// The first element inside the storage.
    let offset: Int
    let type: TensorType

    /// The view as one of elements of a known type.
    func elements<Element: TensorElement>(_ type: Element.Type) -> TypedView<Element> {
        guard let storage = Element.storage(of: buffer) else {
            preconditionFailure("a view is read as the type it was planned with")
        }
        return TypedView(
            storage: storage,
            range: offset..<offset + self.type.elementCount,
            shape: self.type.shape
        )
    }

    /// The numbers as values that can leave the plan.
    var values: TensorValues {
        switch buffer {
        case .float32: .float32(elements(Float.self).array)
        case .float64: .float64(elements(Double.self).array)
        case .int8: .int8(elements(Int8.self).array)
        case .int16: .int16(elements(Int16.self).array)
        case .int32: .int32(elements(Int32.self).array)
        case .int64: .int64(elements(Int64.self).array)
        case .uint8: .uint8(elements(UInt8.self).array)
        case .uint16: .uint16(elements(UInt16.self).array)
        case .uint32: .uint32(elements(UInt32.self).array)
        case .uint64: .uint64(elements(UInt64.self).array)
        case .bool: .bool(elements(Bool.self).array)
        }
    }

    /// Replaces the numbers; `values` are of the view's type and as many.
    func write(_ values: TensorValues) {
        switch values {
        case .float32(let values): elements(Float.self).write(values)
        case .float64(let values): elements(Double.self).write(values)
        case .int8(let values): elements(Int8.self).write(values)
        case .int16(let values): elements(Int16.self).write(values)
        case .int32(let values): elements(Int32.self).write(values)
        case .int64(let values): elements(Int64.self).write(values)
        case .uint8(let values): elements(UInt8.self).write(values)
        case .uint16(let values): elements(UInt16.self).write(values)
        case .uint32(let values): elements(UInt32.self).write(values)
        case .uint64(let values): elements(UInt64.self).write(values)
        case .bool(let values): elements(Bool.self).write(values)
        case .opaque: preconditionFailure("only types that operators compute with are stored")
        }
    }
}
