import Foundation

/// Compresses the bands of one frame in place.
struct BandCompressor {
    /// a · ln(max(x, floor) + offset) + b, which every logarithm of a front end is.
    private struct Logarithm {
        var floor: Float = 0
        var offset: Float = 0
        var factor: Float = 1
        var summand: Float = 0

        @inline(__always)
        func value(of x: Lanes) -> Lanes {
            let floors = Lanes(repeating: floor)
            let floored = x.replacing(with: floors, where: x .< floors)
            return naturalLogarithm(floored + offset) * factor + summand
        }
    }

    private enum Curve {
        case none
        case cubeRoot
        case logarithm(Logarithm)
    }

    private let curve: Curve

    /// - Parameters:
    ///   - compression: PCEN is not done here, since it has a memory.
    ///   - spectrum: Decides between 10·log₁₀ and 20·log₁₀.
    init(_ compression: Compression, spectrum: SpectrumKind) {
        let decade = 1 / log(10 as Float)
        curve =
            switch compression {
            case .none, .pcen:
                .none
            case .cubeRoot:
                .cubeRoot
            case .logOffset(let offset):
                .logarithm(Logarithm(offset: offset))
            case .logFloor(let floor):
                .logarithm(Logarithm(floor: floor))
            case .log10(let scale):
                .logarithm(Self.decadic(scale, factor: decade))
            case .decibel(let scale):
                .logarithm(
                    Self.decadic(scale, factor: (spectrum == .power ? 10 : 20) * decade)
                )
            }
    }

    private static func decadic(_ scale: DecibelScale, factor: Float) -> Logarithm {
        var logarithm = Logarithm(floor: scale.floor, factor: factor)
        if case .value(let reference) = scale.reference {
            logarithm.summand = -factor * log(max(reference, scale.floor))
        }
        return logarithm
    }

    /// Compresses `count` linear bands.
    func compress(_ bands: UnsafeMutablePointer<Float>, count: Int) {
        switch curve {
        case .none:
            return
        case .cubeRoot:
            for band in 0..<count { unsafe bands[band] = cbrt(bands[band]) }
        case .logarithm(let logarithm):
            unsafe compress(bands, count: count, logarithm)
        }
    }

    private func compress(
        _ bands: UnsafeMutablePointer<Float>,
        count: Int,
        _ logarithm: Logarithm
    ) {
        var band = 0
        while band &+ Lanes.scalarCount <= count {
            unsafe store(logarithm.value(of: load(bands, band)), bands, band)
            band &+= Lanes.scalarCount
        }
        guard band < count else { return }
        // The same eight lanes for the rest, so that a band's bits do not depend on their number.
        var rest = Lanes(repeating: 1)
        for lane in 0..<(count - band) { unsafe rest[lane] = bands[band + lane] }
        rest = logarithm.value(of: rest)
        for lane in 0..<(count - band) { unsafe bands[band + lane] = rest[lane] }
    }
}

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
