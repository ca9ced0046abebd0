import Foundation

/// Random numbers that are the same for the same seed (SplitMix64: Steele, Lea and Flood 2014).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    /// Creates the generator of one piece of work, independent of the others of the seed.
    init(seed: UInt64, piece: Int) {
        state = seed
        state = next() ^ UInt64(bitPattern: Int64(piece))
        state = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, but without, 1.
    mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number of the exponential distribution.
    mutating func exponential(mean: Double) -> Double { -log(1 - uniform()) * mean }

    /// A whole number below `count`, which is above 0.
    mutating func index(below count: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(count)).high)
    }
}
