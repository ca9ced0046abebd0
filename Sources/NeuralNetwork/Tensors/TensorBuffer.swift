/// Storage of one of the types that operators compute with.
enum TensorBuffer {
    case float32(FloatMemory)
    case float64(Slot<Double>)
    case int8(Slot<Int8>)
    case int16(Slot<Int16>)
    case int32(Slot<Int32>)
    case int64(Slot<Int64>)
    case uint8(Slot<UInt8>)
    case uint16(Slot<UInt16>)
    case uint32(Slot<UInt32>)
    case uint64(Slot<UInt64>)
    case bool(Slot<Bool>)

    /// Room for `count` zeros, or nil when operators do not compute with the type.
    init?(_ elementType: ElementType, count: Int) {
        switch elementType {
        case .float32: self = .float32(FloatMemory(count: count))
        case .float64: self = .float64(Slot(count: count))
        case .int8: self = .int8(Slot(count: count))
        case .int16: self = .int16(Slot(count: count))
        case .int32: self = .int32(Slot(count: count))
        case .int64: self = .int64(Slot(count: count))
        case .uint8: self = .uint8(Slot(count: count))
        case .uint16: self = .uint16(Slot(count: count))
        case .uint32: self = .uint32(Slot(count: count))
        case .uint64: self = .uint64(Slot(count: count))
        case .bool: self = .bool(Slot(count: count))
        default: return nil
        }
    }

    /// Storage that holds the given numbers, or nil when operators do not compute with their type.
    init?(_ values: TensorValues) {
        self.init(values.elementType, count: values.count)
        TensorView(
            buffer: self,
            offset: 0,
            type: TensorType(values.elementType, [values.count])
        ).write(values)
    }
}

extension ElementType {
    /// Whether operators compute with values of the type.
    var isSupported: Bool { TensorBuffer(self, count: 0) != nil }
}
