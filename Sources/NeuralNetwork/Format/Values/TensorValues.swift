/// The numbers of a tensor in row-major order.
package enum TensorValues: Sendable, Hashable {
    case float32([Float])
    case float64([Double])
    case int8([Int8])
    case int16([Int16])
    case int32([Int32])
    case int64([Int64])
    case uint8([UInt8])
    case uint16([UInt16])
    case uint32([UInt32])
    case uint64([UInt64])
    case bool([Bool])
    /// Numbers of a type that nothing here computes with, kept as the bytes of the file.
    case opaque(ElementType, count: Int, bytes: [UInt8])

    /// The type of the numbers.
    package var elementType: ElementType {
        switch self {
        case .float32: .float32
        case .float64: .float64
        case .int8: .int8
        case .int16: .int16
        case .int32: .int32
        case .int64: .int64
        case .uint8: .uint8
        case .uint16: .uint16
        case .uint32: .uint32
        case .uint64: .uint64
        case .bool: .bool
        case .opaque(let type, _, _): type
        }
    }

    /// How many numbers there are.
    package var count: Int {
        switch self {
        case .float32(let values): values.count
        case .float64(let values): values.count
        case .int8(let values): values.count
        case .int16(let values): values.count
        case .int32(let values): values.count
        case .int64(let values): values.count
        case .uint8(let values): values.count
        case .uint16(let values): values.count
        case .uint32(let values): values.count
        case .uint64(let values): values.count
        case .bool(let values): values.count
        case .opaque(_, let count, _): count
        }
    }
}
