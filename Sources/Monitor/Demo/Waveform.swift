/// Elementary functions from additions, multiplications and divisions alone.
///
/// The C library's `sin` and `exp` may differ in the last bit from one machine to the next;
/// these do not, so that the scene is the same everywhere, to the bit.
enum Waveform {
    /// The sine of an angle in turns (1 is a whole circle), to 1e-9.
    static func sine(turns: Double) -> Double {
        var angle = turns - turns.rounded()
        if angle > 0.25 {
            angle = 0.5 - angle
        } else if angle < -0.25 {
            angle = -0.5 - angle
        }
        let x = angle * 2 * .pi
        let y = x * x
        // Taylor's series up to x¹³, from the inside out.
        let inner = 1 - y / 72 * (1 - y / 110 * (1 - y / 156))
        return x * (1 - y / 6 * (1 - y / 20 * (1 - y / 42 * inner)))
    }

    /// The cosine of an angle in turns.
    static func cosine(turns: Double) -> Double {
        sine(turns: turns + 0.25)
    }

    /// Two to the power of `x`, to 1e-9 of the value.
    static func powerOfTwo(_ x: Double) -> Double {
        let whole = x.rounded()
        let y = (x - whole) * 0.693_147_180_559_945_3
        // Taylor's series of eʸ up to y⁸, from the inside out.
        let inner = 1 + y / 5 * (1 + y / 6 * (1 + y / 7 * (1 + y / 8)))
        let fraction = 1 + y * (1 + y / 2 * (1 + y / 3 * (1 + y / 4 * inner)))
        return Double(sign: .plus, exponent: Int(whole), significand: fraction)
    }

    /// e to the power of `x`.
    static func exponential(_ x: Double) -> Double {
        powerOfTwo(x * 1.442_695_040_888_963_4)
    }

    /// The factor of an amplitude that is `decibels` higher.
    static func gain(decibels: Double) -> Double {
        powerOfTwo(decibels * 0.166_096_404_744_368_1)
    }
}
