import Foundation

/// Random numbers that are the same for the same seed on every machine (SplitMix64: Steele, Lea and
/// Flood 2014).
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Creates a generator.
    package init(seed: UInt64) {
        state = seed
    }

    /// Creates a generator of its own for a place in some work, such as a step and a sample.
    package init(seed: UInt64, _ places: Int...) {
        var mixer = SeededGenerator(seed: seed)
        state = mixer.next()
        for place in places {
            state ^= UInt64(bitPattern: Int64(place)) &* 0xD6E8_FEB8_6659_FD93
            mixer = SeededGenerator(seed: state)
            state = mixer.next()
        }
    }

    /// Creates the generator of one piece of work, independent of the others of the seed.
    package init(seed: UInt64, piece: Int) {
        state = seed
        state = next() ^ UInt64(bitPattern: Int64(piece))
        state = next()
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, but without, 1.
    package mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }

    /// A number from 0 up to, but without, 1, with all the places of a double.
    package mutating func uniformDouble() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number between two others.
    package mutating func uniform(_ low: Float, _ high: Float) -> Float {
        low + (high - low) * uniform()
    }

    /// A whole number from 0 up to, but without, `count`.
    package mutating func index(below count: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(max(count, 1))).high)
    }

    /// Whether something of this probability happens.
    package mutating func happens(_ probability: Float) -> Bool { uniform() < probability }

    /// A number of the standard normal distribution (Box and Muller, 1958).
    package mutating func normal() -> Float {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * Float.pi * uniform())
    }

    /// A number of the exponential distribution with mean 1.
    package mutating func exponential() -> Float { -log(1 - uniform()) }

    /// A number of the exponential distribution.
    package mutating func exponential(mean: Double) -> Double { -log(1 - uniformDouble()) * mean }

    /// A share of the symmetric beta distribution (Jöhnk, 1964), for `alpha` up to 1.
    package mutating func beta(_ alpha: Float) -> Float {
        while true {
            let first = pow(uniform(), 1 / alpha)
            let second = pow(uniform(), 1 / alpha)
            if first + second > 0, first + second <= 1 { return first / (first + second) }
        }
    }

    /// The numbers below `count` in random order.
    package mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        for place in order.indices.dropFirst().reversed() {
            order.swapAt(place, index(below: place + 1))
        }
        return order
    }
}
