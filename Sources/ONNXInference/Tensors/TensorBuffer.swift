internal import ONNXFormat

/// A slot of one of the types that operators compute with.
enum TensorBuffer {
    case float32(Slot<Float>)
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

    /// An empty buffer for a type, or nil when operators do not compute with the type.
    init?(_ elementType: ElementType) {
        switch elementType {
        case .float32: self = .float32(Slot())
        case .float64: self = .float64(Slot())
        case .int8: self = .int8(Slot())
        case .int16: self = .int16(Slot())
        case .int32: self = .int32(Slot())
        case .int64: self = .int64(Slot())
        case .uint8: self = .uint8(Slot())
        case .uint16: self = .uint16(Slot())
        case .uint32: self = .uint32(Slot())
        case .uint64: self = .uint64(Slot())
        case .bool: self = .bool(Slot())
        default: return nil
        }
    }

    /// A buffer that holds the given numbers, or nil when operators do not compute with their type.
    init?(_ values: TensorValues) {
        self.init(values.elementType)
        write(values, at: 0)
    }

    /// Makes room for at least `count` elements.
    func grow(to count: Int) {
        switch self {
        case .float32(let slot): slot.grow(to: count)
        case .float64(let slot): slot.grow(to: count)
        case .int8(let slot): slot.grow(to: count)
        case .int16(let slot): slot.grow(to: count)
        case .int32(let slot): slot.grow(to: count)
        case .int64(let slot): slot.grow(to: count)
        case .uint8(let slot): slot.grow(to: count)
        case .uint16(let slot): slot.grow(to: count)
        case .uint32(let slot): slot.grow(to: count)
        case .uint64(let slot): slot.grow(to: count)
        case .bool(let slot): slot.grow(to: count)
        }
    }

    /// The elements of a range as values that can leave the plan.
    func values(in range: Range<Int>) -> TensorValues {
        switch self {
        case .float32(let slot): .float32(Array(slot.elements[range]))
        case .float64(let slot): .float64(Array(slot.elements[range]))
        case .int8(let slot): .int8(Array(slot.elements[range]))
        case .int16(let slot): .int16(Array(slot.elements[range]))
        case .int32(let slot): .int32(Array(slot.elements[range]))
        case .int64(let slot): .int64(Array(slot.elements[range]))
        case .uint8(let slot): .uint8(Array(slot.elements[range]))
        case .uint16(let slot): .uint16(Array(slot.elements[range]))
        case .uint32(let slot): .uint32(Array(slot.elements[range]))
        case .uint64(let slot): .uint64(Array(slot.elements[range]))
        case .bool(let slot): .bool(Array(slot.elements[range]))
        }
    }

    /// Writes numbers of the buffer's type from an element on, growing the buffer as needed.
    func write(_ values: TensorValues, at start: Int) {
        grow(to: start + values.count)
        switch (self, values) {
        case (.float32(let slot), .float32(let values)): slot.write(values, at: start)
        case (.float64(let slot), .float64(let values)): slot.write(values, at: start)
        case (.int8(let slot), .int8(let values)): slot.write(values, at: start)
        case (.int16(let slot), .int16(let values)): slot.write(values, at: start)
        case (.int32(let slot), .int32(let values)): slot.write(values, at: start)
        case (.int64(let slot), .int64(let values)): slot.write(values, at: start)
        case (.uint8(let slot), .uint8(let values)): slot.write(values, at: start)
        case (.uint16(let slot), .uint16(let values)): slot.write(values, at: start)
        case (.uint32(let slot), .uint32(let values)): slot.write(values, at: start)
        case (.uint64(let slot), .uint64(let values)): slot.write(values, at: start)
        case (.bool(let slot), .bool(let values)): slot.write(values, at: start)
        default: preconditionFailure("a buffer takes values of its own type")
        }
    }
}

extension Slot {
    /// Writes elements from an index on, inside the room that there is.
    func write(_ values: [Element], at start: Int) {
        for (index, value) in values.enumerated() { elements[start + index] = value }
    }
}
