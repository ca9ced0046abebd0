/// The lowest level that a source usually has, as learnt from what it heard.
package struct LearntFloor: Sendable, Equatable {
    /// The mean square of a second, relative to full scale.
    package var power: Float
    /// For how many seconds it has been learnt.
    package var seconds: Int

    /// Creates the floor from its parts.
    package init(power: Float, seconds: Int) {
        self.power = power
        self.seconds = seconds
    }

    /// The two in one word, so that another thread reads what belongs together.
    var bits: UInt64 {
        UInt64(power.bitPattern) << 32 | UInt64(UInt32(clamping: seconds))
    }

    /// Takes the word apart; nil for 0, which stands for nothing learnt.
    init?(bits: UInt64) {
        guard bits != 0 else { return nil }
        power = Float(bitPattern: UInt32(truncatingIfNeeded: bits >> 32))
        seconds = Int(UInt32(truncatingIfNeeded: bits))
    }
}
