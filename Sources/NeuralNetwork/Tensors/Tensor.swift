/// A named array of numbers with a shape, stored in row-major order.
package struct Tensor: Sendable, Hashable {
    /// The name by which nodes refer to it; empty for the value of an attribute.
    package var name: String
    /// The length of each axis, outermost first; empty for a scalar.
    package let shape: [Int]
    /// The numbers, as many as the shape says.
    package let values: TensorValues

    /// Creates a tensor.
    ///
    /// - Parameters:
    ///   - name: The name by which nodes refer to it.
    ///   - shape: The length of each axis, outermost first.
    ///   - values: The numbers in row-major order, as many as the product of `shape`.
    package init(name: String = "", shape: [Int], values: TensorValues) {
        precondition(
            shape.allSatisfy { $0 >= 0 } && TensorShape.elementCount(of: shape) == values.count,
            "a tensor holds as many values as its shape says"
        )
        self.name = name
        self.shape = shape
        self.values = values
    }

    /// Creates a tensor of 32-bit floats.
    package init(name: String = "", shape: [Int], floats: [Float]) {
        self.init(name: name, shape: shape, values: .float32(floats))
    }

    /// Creates a tensor of 64-bit integers.
    package init(name: String = "", shape: [Int], integers: [Int64]) {
        self.init(name: name, shape: shape, values: .int64(integers))
    }

    /// The type of the numbers.
    package var elementType: ElementType { values.elementType }

    /// The element type and the shape.
    package var type: TensorType { TensorType(elementType, shape) }

    /// The numbers, when they are floats.
    package var floats: [Float]? {
        if case .float32(let floats) = values { floats } else { nil }
    }

    /// The numbers, whatever their type; none for a type that nothing here computes with.
    var numbers: [Double] { values.array?.doubles ?? [] }

    /// The first number, whatever its type; 0 when there is none.
    var firstNumber: Double { numbers.first ?? 0 }
}

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

    /// The numbers, when they are of a type that operators compute with.
    var array: (any ElementArray)? {
        switch self {
        case .float32(let values): values
        case .float64(let values): values
        case .int8(let values): values
        case .int16(let values): values
        case .int32(let values): values
        case .int64(let values): values
        case .uint8(let values): values
        case .uint16(let values): values
        case .uint32(let values): values
        case .uint64(let values): values
        case .bool(let values): values
        case .opaque: nil
        }
    }

    /// The type of the numbers.
    package var elementType: ElementType {
        if case .opaque(let type, _, _) = self { type } else { array?.elementType ?? .float32 }
    }

    /// How many numbers there are.
    package var count: Int {
        if case .opaque(_, let count, _) = self { count } else { array?.count ?? 0 }
    }

    /// The numbers as little-endian bytes, one for a truth value.
    var rawBytes: [UInt8] {
        if case .opaque(_, _, let bytes) = self { bytes } else { array?.rawBytes ?? [] }
    }

    /// Numbers from their little-endian bytes; nil when the bytes are not so many numbers.
    init?(rawBytes bytes: [UInt8], type: ElementType, count: Int) {
        guard let element = type.element else {
            self = .opaque(type, count: count, bytes: bytes)
            return
        }
        func read<Element: TensorElement>(_ element: Element.Type) -> TensorValues? {
            let width = MemoryLayout<Element>.stride
            guard bytes.count % width == 0, bytes.count / width == count else { return nil }
            if type == .bool { return .bool(bytes.map { $0 != 0 }) }
            return Element.values(
                unsafe Array(unsafeUninitializedCapacity: count) { target, filled in
                    unsafe UnsafeMutableRawBufferPointer(target).copyBytes(from: bytes)
                    filled = count
                }
            )
        }
        guard let values = read(element) else { return nil }
        self = values
    }
}

/// An array of numbers that operators compute with, whatever their type.
protocol ElementArray: Sendable {
    var count: Int { get }
    var elementType: ElementType { get }
    var doubles: [Double] { get }
    /// The numbers as they lie in memory, least significant byte first.
    var rawBytes: [UInt8] { get }
    /// Storage that holds a copy.
    func makeStorage() -> any ElementStorage
}

extension Array: ElementArray where Element: TensorElement {
    var elementType: ElementType { Element.elementType }
    var doubles: [Double] { map(\.asDouble) }
    var rawBytes: [UInt8] { unsafe withUnsafeBytes { unsafe Array<UInt8>($0) } }
    func makeStorage() -> any ElementStorage { Element.Storage(self) }
}

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

    /// Swift's type for the numbers; nil when operators do not compute with them.
    var element: (any TensorElement.Type)? {
        switch self {
        case .float32: Float.self
        case .float64: Double.self
        case .int8: Int8.self
        case .int16: Int16.self
        case .int32: Int32.self
        case .int64: Int64.self
        case .uint8: UInt8.self
        case .uint16: UInt16.self
        case .uint32: UInt32.self
        case .uint64: UInt64.self
        case .bool: Bool.self
        default: nil
        }
    }

    /// Whether operators compute with values of the type.
    var isSupported: Bool { element != nil }

    /// Whether operators compute with the type as with numbers.
    var isNumber: Bool { isSupported && self != .bool }

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
}

/// The element type and the shape of a value whose axes are all known.
package struct TensorType: Sendable, Hashable, CustomStringConvertible {
    /// The type of the numbers.
    package let elementType: ElementType
    /// The length of each axis, outermost first; none is negative.
    package let shape: [Int]
    /// The number of elements; `Int.max` when there are more than can be counted, which no value of
    /// a loaded network has.
    package let elementCount: Int

    /// Creates a type.
    package init(_ elementType: ElementType, _ shape: [Int]) {
        self.elementType = elementType
        self.shape = shape
        self.elementCount = TensorShape.elementCount(of: shape) ?? .max
    }

    /// The number of axes.
    package var rank: Int { shape.count }

    /// The bytes that the elements take in memory.
    var byteCount: Int { elementCount * elementType.byteWidth }

    /// As in `float[1, 96, 64]`.
    package var description: String { "\(elementType.name)\(shape)" }
}

/// The name, element type and shape of an input or output of a loaded network.
package struct TensorDescription: Sendable, Hashable {
    /// The name as the model has it.
    package let name: String
    /// The element type and the shape.
    package let type: TensorType
}

/// Arithmetic on tensor shapes that cannot overflow.
package enum TensorShape {
    /// The number of elements of a tensor with the given axes, or nil when that is not a number.
    ///
    /// A negative length gives nil, and so does a product of lengths that overflows.
    package static func elementCount(of shape: [Int]) -> Int? {
        var count = 1
        var hasEmptyAxis = false
        for length in shape {
            guard length >= 0 else { return nil }
            if length == 0 {
                hasEmptyAxis = true
                continue
            }
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard !overflow else { return nil }
            count = product
        }
        return hasEmptyAxis ? 0 : count
    }
}
