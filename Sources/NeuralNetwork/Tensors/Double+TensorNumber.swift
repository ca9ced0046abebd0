private import Glibc

extension Double: TensorNumber {
    static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
}
