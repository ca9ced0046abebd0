/// The numbers of an array.
package enum NPYValues: Sendable, Equatable {
    case float32([Float])
    case float64([Double])
    case int64([Int64])
    case int32([Int32])
    case uint8([UInt8])
    case bool([Bool])

    /// How many numbers there are.
    package var count: Int {
        switch self {
        case .float32(let values): values.count
        case .float64(let values): values.count
        case .int64(let values): values.count
        case .int32(let values): values.count
        case .uint8(let values): values.count
        case .bool(let values): values.count
        }
    }

    /// The type as the file's header names it.
    var descriptor: String {
        switch self {
        case .float32: "<f4"
        case .float64: "<f8"
        case .int64: "<i8"
        case .int32: "<i4"
        case .uint8: "|u1"
        case .bool: "|b1"
        }
    }
}
