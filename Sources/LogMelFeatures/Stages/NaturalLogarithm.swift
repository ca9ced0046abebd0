/// ln of positive normal numbers, eight at a time.
///
/// x = 2^e · m with m in [√½, √2); with s = (m − 1) / (m + 1), ln m = 2·artanh s, whose odd series
/// is cut after s⁹. The relative error stays under 2.5e-7 (tested against double precision).
/// Zero, negative and subnormal numbers give no meaningful value: callers floor or offset first.
@inline(__always)
func naturalLogarithm(_ x: Lanes) -> Lanes {
    let bits = unsafe unsafeBitCast(x, to: SIMD8<Int32>.self)
    let rootHalf: Int32 = 0x3F35_04F3
    let exponent = (bits &- rootHalf) &>> 23
    let mantissa = unsafe unsafeBitCast(bits &- (exponent &<< 23), to: Lanes.self)
    let ratio = (mantissa - 1) / (mantissa + 1)
    let square = ratio * ratio
    var series = square * (2.0 / 9) + (2.0 / 7)
    series = series * square + (2.0 / 5)
    series = series * square + (2.0 / 3)
    let logarithm = ratio * square * series + (ratio + ratio)
    let exponents = Lanes(exponent)
    // ln 2 in two parts, the first exact in few bits, so that large exponents lose nothing.
    return exponents * 0.693_145_75 + (exponents * 1.428_606_8e-6 + logarithm)
}
