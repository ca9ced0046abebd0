extension ElementType {
    /// The bytes that one element takes in memory; types that are never held count as 16.
    var byteWidth: Int {
        switch self {
        case .int8, .uint8, .bool: 1
        case .int16, .uint16, .float16, .bfloat16: 2
        case .float32, .int32, .uint32: 4
        case .float64, .int64, .uint64: 8
        default: 16
        }
    }

    /// Whether operators compute with the type as with numbers.
    var isNumber: Bool {
        switch self {
        case .float32, .float64, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64:
            true
        default: false
        }
    }
}

extension TensorType {
    /// The bytes that the elements take in memory.
    var byteCount: Int { elementCount * elementType.byteWidth }
}
