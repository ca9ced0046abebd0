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
    var asDouble: Double { get }
    /// Whether the number is a float that is not a number.
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
    var asDouble: Double { Double(self) }
    var isNotANumber: Bool { isNaN }
}

extension Float: TensorNumber {
    static func power(_ base: Float, _ exponent: Double) -> Float {
        Float(Double.power(Double(base), exponent))
    }
}
extension Int8: TensorNumber {}
extension Int16: TensorNumber {}
extension Int32: TensorNumber {}
extension Int64: TensorNumber {}
extension UInt8: TensorNumber {}
extension UInt16: TensorNumber {}
extension UInt32: TensorNumber {}
extension UInt64: TensorNumber {}
