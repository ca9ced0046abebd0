/// The type of a tensor's numbers, with ONNX's number for it as the raw value.
package enum ElementType: Int, Sendable, Hashable, CaseIterable {
    case float32 = 1
    case uint8 = 2
    case int8 = 3
    case uint16 = 4
    case int16 = 5
    case int32 = 6
    case int64 = 7
    case string = 8
    case bool = 9
    case float16 = 10
    case float64 = 11
    case uint32 = 12
    case uint64 = 13
    case complex64 = 14
    case complex128 = 15
    case bfloat16 = 16
    case float8e4m3fn = 17
    case float8e4m3fnuz = 18
    case float8e5m2 = 19
    case float8e5m2fnuz = 20
    case uint4 = 21
    case int4 = 22
    case float4e2m1 = 23

    /// The name as the ONNX specification writes it, such as `float` or `int64`.
    package var name: String {
        switch self {
        case .float32: "float"
        case .float64: "double"
        default: String(describing: self)
        }
    }
}
