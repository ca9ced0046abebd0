/// A repeatable source of chance (SplitMix64, Steele, Lea and Flood 2014).
struct SceneRandom {
    private var state: UInt64

    /// Starts the sequence that belongs to a seed.
    init(seed: UInt64) {
        state = seed
    }

    /// 64 fresh bits.
    mutating func bits() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number spread evenly over a range.
    mutating func uniform(_ range: ClosedRange<Double> = 0...1) -> Double {
        let share = Double(bits() >> 11) * 0x1p-53
        return range.lowerBound + share * (range.upperBound - range.lowerBound)
    }

    /// A number with mean 0 and variance 1, nearly normal: the sum of four even ones.
    mutating func noise() -> Double {
        let fresh = bits()
        let sum =
            (fresh & 0xFFFF) + (fresh >> 16 & 0xFFFF) + (fresh >> 32 & 0xFFFF) + (fresh >> 48)
        return (Double(sum) - 131_070) / 37_837.2
    }

    /// Whether something happens now that happens `perSecond` times a second on average.
    mutating func happens(perSecond: Double, atRate sampleRateHz: Double) -> Bool {
        uniform() < perSecond / sampleRateHz
    }
}
