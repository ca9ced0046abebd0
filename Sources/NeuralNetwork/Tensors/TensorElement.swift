private import Glibc

/// A type of number that tensors hold and operators move about.
protocol TensorElement: BitwiseCopyable, Sendable, Hashable {
    /// What holds numbers of this type between and during runs.
    associatedtype Storage: ElementStorage = Slot<Self> where Storage.Element == Self
    /// The type's number in the file format.
    static var elementType: ElementType { get }
    /// What storage holds before anything is written to it: zero.
    static var filler: Self { get }
    /// The values around numbers.
    static func values(_ elements: [Self]) -> TensorValues
    /// The number as a double; 1 for true.
    var asDouble: Double { get }
}

extension TensorElement {
    /// The numbers inside values of this type.
    static func elements(of values: TensorValues) -> [Self]? { values.array as? [Self] }
}

extension TensorElement where Self: Numeric {
    static var filler: Self { 0 }
}

extension Float: TensorElement {
    typealias Storage = FloatMemory
    static let elementType = ElementType.float32
    static func values(_ elements: [Float]) -> TensorValues { .float32(elements) }
}

extension Double: TensorElement {
    static let elementType = ElementType.float64
    static func values(_ elements: [Double]) -> TensorValues { .float64(elements) }
}

extension Int8: TensorElement {
    static let elementType = ElementType.int8
    static func values(_ elements: [Int8]) -> TensorValues { .int8(elements) }
}

extension Int16: TensorElement {
    static let elementType = ElementType.int16
    static func values(_ elements: [Int16]) -> TensorValues { .int16(elements) }
}

extension Int32: TensorElement {
    static let elementType = ElementType.int32
    static func values(_ elements: [Int32]) -> TensorValues { .int32(elements) }
}

extension Int64: TensorElement {
    static let elementType = ElementType.int64
    static func values(_ elements: [Int64]) -> TensorValues { .int64(elements) }
}

extension UInt8: TensorElement {
    static let elementType = ElementType.uint8
    static func values(_ elements: [UInt8]) -> TensorValues { .uint8(elements) }
}

extension UInt16: TensorElement {
    static let elementType = ElementType.uint16
    static func values(_ elements: [UInt16]) -> TensorValues { .uint16(elements) }
}

extension UInt32: TensorElement {
    static let elementType = ElementType.uint32
    static func values(_ elements: [UInt32]) -> TensorValues { .uint32(elements) }
}

extension UInt64: TensorElement {
    static let elementType = ElementType.uint64
    static func values(_ elements: [UInt64]) -> TensorValues { .uint64(elements) }
}

extension Bool: TensorElement {
    static let elementType = ElementType.bool
    static let filler = false
    static func values(_ elements: [Bool]) -> TensorValues { .bool(elements) }
    var asDouble: Double { self ? 1 : 0 }
}

// MARK: Arithmetic

/// A type of number that operators compute with; integers wrap around and never trap.
protocol TensorNumber: TensorElement, Numeric, Comparable {
    static func adding(_ left: Self, _ right: Self) -> Self
    static func subtracting(_ left: Self, _ right: Self) -> Self
    static func multiplying(_ left: Self, _ right: Self) -> Self
    /// The quotient; 0 for an integer divided by 0.
    static func dividing(_ left: Self, by right: Self) -> Self
    static func negating(_ value: Self) -> Self
    static func magnitude(of value: Self) -> Self
    static func power(_ base: Self, _ exponent: Double) -> Self
    /// The least and the greatest number there is.
    static var least: Self { get }
    static var greatest: Self { get }
    /// The nearest number towards zero, kept inside the range.
    static func clamping(_ value: Double) -> Self
    /// The integer, wrapped around where it does not fit.
    static func truncating(_ value: Int64) -> Self
    /// Whether the number is NaN.
    var isNotANumber: Bool { get }
}

extension TensorNumber where Self: FixedWidthInteger {
    static func adding(_ left: Self, _ right: Self) -> Self { left &+ right }
    static func subtracting(_ left: Self, _ right: Self) -> Self { left &- right }
    static func multiplying(_ left: Self, _ right: Self) -> Self { left &* right }
    static func dividing(_ left: Self, by right: Self) -> Self {
        right == 0 ? 0 : left.dividedReportingOverflow(by: right).partialValue
    }
    static func negating(_ value: Self) -> Self { 0 &- value }
    static func magnitude(of value: Self) -> Self { value < 0 ? 0 &- value : value }
    static var least: Self { min }
    static var greatest: Self { max }
    static func truncating(_ value: Int64) -> Self { Self(truncatingIfNeeded: value) }
    var asDouble: Double { Double(self) }
    var isNotANumber: Bool { false }

    static func clamping(_ value: Double) -> Self {
        if value.isNaN { return 0 }
        if value <= Double(Self.min) { return min }
        if value >= Double(Self.max) { return max }
        return Self(value)
    }

    static func power(_ base: Self, _ exponent: Double) -> Self {
        guard exponent >= 1 else { return exponent == 0 || base == 1 ? 1 : 0 }
        var remaining = UInt64(Swift.min(exponent, 1e18))
        var square = base
        var product: Self = 1
        while remaining > 0 {
            if remaining & 1 == 1 { product = product &* square }
            square = square &* square
            remaining >>= 1
        }
        return product
    }
}

extension TensorNumber where Self: BinaryFloatingPoint {
    static func adding(_ left: Self, _ right: Self) -> Self { left + right }
    static func subtracting(_ left: Self, _ right: Self) -> Self { left - right }
    static func multiplying(_ left: Self, _ right: Self) -> Self { left * right }
    static func dividing(_ left: Self, by right: Self) -> Self { left / right }
    static func negating(_ value: Self) -> Self { -value }
    static func magnitude(of value: Self) -> Self { value.magnitude }
    static var least: Self { -.infinity }
    static var greatest: Self { .infinity }
    static func clamping(_ value: Double) -> Self { Self(value) }
    static func truncating(_ value: Int64) -> Self { Self(value) }
    static func power(_ base: Self, _ exponent: Double) -> Self {
        Self(Glibc.pow(Double(base), exponent))
    }
    var asDouble: Double { Double(self) }
    var isNotANumber: Bool { isNaN }
}

extension Float: TensorNumber {}
extension Double: TensorNumber {}
extension Int8: TensorNumber {}
extension Int16: TensorNumber {}
extension Int32: TensorNumber {}
extension Int64: TensorNumber {}
extension UInt8: TensorNumber {}
extension UInt16: TensorNumber {}
extension UInt32: TensorNumber {}
extension UInt64: TensorNumber {}
