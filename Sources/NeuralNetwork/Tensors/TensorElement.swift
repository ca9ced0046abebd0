/// A type of number that tensors hold and operators move about.
protocol TensorElement: BitwiseCopyable, Sendable, Hashable {
    /// What holds numbers of this type between and during runs.
    associatedtype Storage: ElementStorage where Storage.Element == Self
    /// The type's number in the file format.
    static var elementType: ElementType { get }
    /// What storage holds before anything is written to it: zero.
    static var filler: Self { get }
    /// The storage inside a buffer of this type.
    static func storage(of buffer: TensorBuffer) -> Storage?
    /// The buffer around storage.
    static func buffer(_ storage: Storage) -> TensorBuffer
    /// The numbers inside values of this type.
    static func elements(of values: TensorValues) -> [Self]?
    /// The values around numbers.
    static func values(_ elements: [Self]) -> TensorValues
}

extension Float: TensorElement {
    static let elementType = ElementType.float32
    static let filler: Float = 0
    static func buffer(_ storage: FloatMemory) -> TensorBuffer { .float32(storage) }
    static func values(_ elements: [Float]) -> TensorValues { .float32(elements) }
    static func storage(of buffer: TensorBuffer) -> FloatMemory? {
        if case .float32(let storage) = buffer { storage } else { nil }
    }
    static func elements(of values: TensorValues) -> [Float]? {
        if case .float32(let elements) = values { elements } else { nil }
    }
}

extension Double: TensorElement {
    static let elementType = ElementType.float64
    static let filler: Double = 0
    static func buffer(_ storage: Slot<Double>) -> TensorBuffer { .float64(storage) }
    static func values(_ elements: [Double]) -> TensorValues { .float64(elements) }
    static func storage(of buffer: TensorBuffer) -> Slot<Double>? {
        if case .float64(let storage) = buffer { storage } else { nil }
    }
    static func elements(of values: TensorValues) -> [Double]? {
        if case .float64(let elements) = values { elements } else { nil }
    }
}

extension Int8: TensorElement {
    static let elementType = ElementType.int8
    static let filler: Int8 = 0
    static func buffer(_ storage: Slot<Int8>) -> TensorBuffer { .int8(storage) }
    static func values(_ elements: [Int8]) -> TensorValues { .int8(elements) }
    static func storage(of buffer: TensorBuffer) -> Slot<Int8>? {
        if case .int8(let storage) = buffer { storage } else { nil }
    }
    static func elements(of values: TensorValues) -> [Int8]? {
        if case .int8(let elements) = values { elements } else { nil }
    }
}

extension Int16: TensorElement {
    static let elementType = ElementType.int16
    static let filler: Int16 = 0
    static func buffer(_ storage: Slot<Int16>) -> TensorBuffer { .int16(storage) }
    static func values(_ elements: [Int16]) -> TensorValues { .int16(elements) }
    static func storage(of buffer: TensorBuffer) -> Slot<Int16>? {
        if case .int16(let storage) = buffer { storage } else { nil }
    }
    static func elements(of values: TensorValues) -> [Int16]? {
        if case .int16(let elements) = values { elements } else { nil }
    }
}

extension Int32: TensorElement {
    static let elementType = ElementType.int32
    static let filler: Int32 = 0
    static func buffer(_ storage: Slot<Int32>) -> TensorBuffer { .int32(storage) }
    static func values(_ elements: [Int32]) -> TensorValues { .int32(elements) }
    static func storage(of buffer: TensorBuffer) -> Slot<Int32>? {
        if case .int32(let storage) = buffer { storage } else { nil }
    }
    static func elements(of values: TensorValues) -> [Int32]? {
        if case .int32(let elements) = values { elements } else { nil }
    }
}

extension Int64: TensorElement {
    static let elementType = ElementType.int64
    static let filler: Int64 = 0
    static func buffer(_ storage: Slot<Int64>) -> TensorBuffer { .int64(storage) }
    static func values(_ elements: [Int64]) -> TensorValues { .int64(elements) }
    static func storage(of buffer: TensorBuffer) -> Slot<Int64>? {
        if case .int64(let storage) = buffer { storage } else { nil }
    }
    static func elements(of values: TensorValues) -> [Int64]? {
        if case .int64(let elements) = values { elements } else { nil }
    }
}

extension UInt8: TensorElement {
    static let elementType = ElementType.uint8
    static let filler: UInt8 = 0
    static func buffer(_ storage: Slot<UInt8>) -> TensorBuffer { .uint8(storage) }
    static func values(_ elements: [UInt8]) -> TensorValues { .uint8(elements) }
    static func storage(of buffer: TensorBuffer) -> Slot<UInt8>? {
        if case .uint8(let storage) = buffer { storage } else { nil }
    }
    static func elements(of values: TensorValues) -> [UInt8]? {
        if case .uint8(let elements) = values { elements } else { nil }
    }
}

extension UInt16: TensorElement {
    static let elementType = ElementType.uint16
    static let filler: UInt16 = 0
    static func buffer(_ storage: Slot<UInt16>) -> TensorBuffer { .uint16(storage) }
    static func values(_ elements: [UInt16]) -> TensorValues { .uint16(elements) }
    static func storage(of buffer: TensorBuffer) -> Slot<UInt16>? {
        if case .uint16(let storage) = buffer { storage } else { nil }
    }
    static func elements(of values: TensorValues) -> [UInt16]? {
        if case .uint16(let elements) = values { elements } else { nil }
    }
}

extension UInt32: TensorElement {
    static let elementType = ElementType.uint32
    static let filler: UInt32 = 0
    static func buffer(_ storage: Slot<UInt32>) -> TensorBuffer { .uint32(storage) }
    static func values(_ elements: [UInt32]) -> TensorValues { .uint32(elements) }
    static func storage(of buffer: TensorBuffer) -> Slot<UInt32>? {
        if case .uint32(let storage) = buffer { storage } else { nil }
    }
    static func elements(of values: TensorValues) -> [UInt32]? {
        if case .uint32(let elements) = values { elements } else { nil }
    }
}

extension UInt64: TensorElement {
    static let elementType = ElementType.uint64
    static let filler: UInt64 = 0
    static func buffer(_ storage: Slot<UInt64>) -> TensorBuffer { .uint64(storage) }
    static func values(_ elements: [UInt64]) -> TensorValues { .uint64(elements) }
    static func storage(of buffer: TensorBuffer) -> Slot<UInt64>? {
        if case .uint64(let storage) = buffer { storage } else { nil }
    }
    static func elements(of values: TensorValues) -> [UInt64]? {
        if case .uint64(let elements) = values { elements } else { nil }
    }
}

extension Bool: TensorElement {
    static let elementType = ElementType.bool
    static let filler: Bool = false
    static func buffer(_ storage: Slot<Bool>) -> TensorBuffer { .bool(storage) }
    static func values(_ elements: [Bool]) -> TensorValues { .bool(elements) }
    static func storage(of buffer: TensorBuffer) -> Slot<Bool>? {
        if case .bool(let storage) = buffer { storage } else { nil }
    }
    static func elements(of values: TensorValues) -> [Bool]? {
        if case .bool(let elements) = values { elements } else { nil }
    }
}
