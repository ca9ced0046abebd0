internal import ONNXFormat

/// A type of number that tensors hold and operators move about.
protocol TensorElement: BitwiseCopyable, Sendable, Hashable {
    /// The type's number in the file format.
    static var elementType: ElementType { get }
    /// What storage holds before anything is written to it: zero.
    static var filler: Self { get }
    /// The slot inside a buffer of this type.
    static func slot(of buffer: TensorBuffer) -> Slot<Self>?
    /// The buffer around a slot.
    static func buffer(_ slot: Slot<Self>) -> TensorBuffer
    /// The numbers inside values of this type.
    static func elements(of values: TensorValues) -> [Self]?
    /// The values around numbers.
    static func values(_ elements: [Self]) -> TensorValues
}

extension Float: TensorElement {
    static let elementType = ElementType.float32
    static let filler: Float = 0
    static func buffer(_ slot: Slot<Float>) -> TensorBuffer { .float32(slot) }
    static func values(_ elements: [Float]) -> TensorValues { .float32(elements) }
    static func slot(of buffer: TensorBuffer) -> Slot<Float>? {
        if case .float32(let slot) = buffer { slot } else { nil }
    }
    static func elements(of values: TensorValues) -> [Float]? {
        if case .float32(let elements) = values { elements } else { nil }
    }
}

extension Double: TensorElement {
    static let elementType = ElementType.float64
    static let filler: Double = 0
    static func buffer(_ slot: Slot<Double>) -> TensorBuffer { .float64(slot) }
    static func values(_ elements: [Double]) -> TensorValues { .float64(elements) }
    static func slot(of buffer: TensorBuffer) -> Slot<Double>? {
        if case .float64(let slot) = buffer { slot } else { nil }
    }
    static func elements(of values: TensorValues) -> [Double]? {
        if case .float64(let elements) = values { elements } else { nil }
    }
}

extension Int8: TensorElement {
    static let elementType = ElementType.int8
    static let filler: Int8 = 0
    static func buffer(_ slot: Slot<Int8>) -> TensorBuffer { .int8(slot) }
    static func values(_ elements: [Int8]) -> TensorValues { .int8(elements) }
    static func slot(of buffer: TensorBuffer) -> Slot<Int8>? {
        if case .int8(let slot) = buffer { slot } else { nil }
    }
    static func elements(of values: TensorValues) -> [Int8]? {
        if case .int8(let elements) = values { elements } else { nil }
    }
}

extension Int16: TensorElement {
    static let elementType = ElementType.int16
    static let filler: Int16 = 0
    static func buffer(_ slot: Slot<Int16>) -> TensorBuffer { .int16(slot) }
    static func values(_ elements: [Int16]) -> TensorValues { .int16(elements) }
    static func slot(of buffer: TensorBuffer) -> Slot<Int16>? {
        if case .int16(let slot) = buffer { slot } else { nil }
    }
    static func elements(of values: TensorValues) -> [Int16]? {
        if case .int16(let elements) = values { elements } else { nil }
    }
}

extension Int32: TensorElement {
    static let elementType = ElementType.int32
    static let filler: Int32 = 0
    static func buffer(_ slot: Slot<Int32>) -> TensorBuffer { .int32(slot) }
    static func values(_ elements: [Int32]) -> TensorValues { .int32(elements) }
    static func slot(of buffer: TensorBuffer) -> Slot<Int32>? {
        if case .int32(let slot) = buffer { slot } else { nil }
    }
    static func elements(of values: TensorValues) -> [Int32]? {
        if case .int32(let elements) = values { elements } else { nil }
    }
}

extension Int64: TensorElement {
    static let elementType = ElementType.int64
    static let filler: Int64 = 0
    static func buffer(_ slot: Slot<Int64>) -> TensorBuffer { .int64(slot) }
    static func values(_ elements: [Int64]) -> TensorValues { .int64(elements) }
    static func slot(of buffer: TensorBuffer) -> Slot<Int64>? {
        if case .int64(let slot) = buffer { slot } else { nil }
    }
    static func elements(of values: TensorValues) -> [Int64]? {
        if case .int64(let elements) = values { elements } else { nil }
    }
}

extension UInt8: TensorElement {
    static let elementType = ElementType.uint8
    static let filler: UInt8 = 0
    static func buffer(_ slot: Slot<UInt8>) -> TensorBuffer { .uint8(slot) }
    static func values(_ elements: [UInt8]) -> TensorValues { .uint8(elements) }
    static func slot(of buffer: TensorBuffer) -> Slot<UInt8>? {
        if case .uint8(let slot) = buffer { slot } else { nil }
    }
    static func elements(of values: TensorValues) -> [UInt8]? {
        if case .uint8(let elements) = values { elements } else { nil }
    }
}

extension UInt16: TensorElement {
    static let elementType = ElementType.uint16
    static let filler: UInt16 = 0
    static func buffer(_ slot: Slot<UInt16>) -> TensorBuffer { .uint16(slot) }
    static func values(_ elements: [UInt16]) -> TensorValues { .uint16(elements) }
    static func slot(of buffer: TensorBuffer) -> Slot<UInt16>? {
        if case .uint16(let slot) = buffer { slot } else { nil }
    }
    static func elements(of values: TensorValues) -> [UInt16]? {
        if case .uint16(let elements) = values { elements } else { nil }
    }
}

extension UInt32: TensorElement {
    static let elementType = ElementType.uint32
    static let filler: UInt32 = 0
    static func buffer(_ slot: Slot<UInt32>) -> TensorBuffer { .uint32(slot) }
    static func values(_ elements: [UInt32]) -> TensorValues { .uint32(elements) }
    static func slot(of buffer: TensorBuffer) -> Slot<UInt32>? {
        if case .uint32(let slot) = buffer { slot } else { nil }
    }
    static func elements(of values: TensorValues) -> [UInt32]? {
        if case .uint32(let elements) = values { elements } else { nil }
    }
}

extension UInt64: TensorElement {
    static let elementType = ElementType.uint64
    static let filler: UInt64 = 0
    static func buffer(_ slot: Slot<UInt64>) -> TensorBuffer { .uint64(slot) }
    static func values(_ elements: [UInt64]) -> TensorValues { .uint64(elements) }
    static func slot(of buffer: TensorBuffer) -> Slot<UInt64>? {
        if case .uint64(let slot) = buffer { slot } else { nil }
    }
    static func elements(of values: TensorValues) -> [UInt64]? {
        if case .uint64(let elements) = values { elements } else { nil }
    }
}

extension Bool: TensorElement {
    static let elementType = ElementType.bool
    static let filler: Bool = false
    static func buffer(_ slot: Slot<Bool>) -> TensorBuffer { .bool(slot) }
    static func values(_ elements: [Bool]) -> TensorValues { .bool(elements) }
    static func slot(of buffer: TensorBuffer) -> Slot<Bool>? {
        if case .bool(let slot) = buffer { slot } else { nil }
    }
    static func elements(of values: TensorValues) -> [Bool]? {
        if case .bool(let elements) = values { elements } else { nil }
    }
}
