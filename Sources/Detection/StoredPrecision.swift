/// The precision in which hops are stored, and in which they are decided upon.
///
/// A decision sees scores and levels as a byte can hold them, so that the same decision can be made
/// again from what is stored, to the bit.
package enum StoredPrecision {
    /// The byte of a score of 1: a score is its byte divided by this.
    package static let fullScoreByte: UInt8 = 254
    /// The byte of digital silence; any other byte `b` is a level of -b/2 dBFS.
    package static let silentLevelByte: UInt8 = 255

    /// Below this byte scores have steps of four: what is said of most classes most of the time decides
    /// nothing, and its last digits would be most of what is stored.
    private static let firstFineByte: Float = 16
    private static let coarseStep: Float = 4

    /// The mean square of each level's byte, linear, shape `[256]`.
    private static let meanSquares: [Float] = (0...UInt8.max).map { byte in
        byte == silentLevelByte ? 0 : Decibels.meanSquare(ofLevel: -Float(byte) / 2)
    }

    /// The byte nearest to a score, which is 0...1.
    ///
    /// Only 1 itself is stored as 1, so that a threshold of 1 keeps out every score below it.
    package static func byte(ofScore score: Float) -> UInt8 {
        guard score < 1 else { return fullScoreByte }
        let exact = max(0, score) * Float(fullScoreByte)
        let step = exact < firstFineByte ? coarseStep : 1
        return UInt8(min((exact / step).rounded() * step, Float(fullScoreByte - 1)))
    }

    /// The score that a byte stands for.
    package static func score(ofByte byte: UInt8) -> Float {
        Float(byte) / Float(fullScoreByte)
    }

    /// The byte nearest to a level in dBFS; what is not finite is digital silence.
    package static func byte(ofLevel levelDBFS: Float) -> UInt8 {
        guard levelDBFS.isFinite else { return silentLevelByte }
        return UInt8(min(Float(silentLevelByte - 1), max(0, (-levelDBFS * 2).rounded())))
    }

    /// The level that a byte stands for, in dBFS; `-infinity` for digital silence.
    package static func level(ofByte byte: UInt8) -> Float {
        byte == silentLevelByte ? -.infinity : -Float(byte) / 2
    }

    /// The mean square that a byte stands for, linear.
    package static func meanSquare(ofByte byte: UInt8) -> Float {
        meanSquares[Int(byte)]
    }
}

/// The precision of the levels of 10 ms of a hop: steps of 2 dB.
///
/// What a block is off by, the next one makes up for as far as it is as loud: the level of a steady
/// sound is right to a tenth of a decibel after a few blocks.
package struct EnvelopeRounding: Sendable {
    /// What the blocks before are short of, a mean square, linear.
    private var owed: Float = 0

    /// In bytes, of half a decibel each.
    private static let step = 4
    private static let quietestByte = 252

    /// Begins a hop.
    package init() {}

    /// The byte of the next block of 10 ms, whose mean square is linear, 1 being full scale.
    package mutating func byte(ofMeanSquare meanSquare: Float) -> UInt8 {
        guard meanSquare > 0, meanSquare.isFinite else {
            owed = 0
            return StoredPrecision.silentLevelByte
        }
        let wanted = meanSquare + min(meanSquare / 2, max(-meanSquare / 2, owed))
        let steps = -2 * Decibels.level(ofMeanSquare: wanted) / Float(Self.step)
        let nearest = Self.step * Int(max(0, min(Float(UInt8.max), steps.rounded())))
        let byte = UInt8(min(Self.quietestByte, nearest))
        owed = wanted - StoredPrecision.meanSquare(ofByte: byte)
        return byte
    }
}

extension ScoredHop {
    /// The hop in the precision in which it is stored; taken twice, it is the same.
    package var inStoredPrecision: ScoredHop {
        var hop = self
        hop.levelDBFS = StoredPrecision.level(ofByte: StoredPrecision.byte(ofLevel: levelDBFS))
        for (index, score) in scores.enumerated() {
            hop.scores[index] = StoredPrecision.score(ofByte: StoredPrecision.byte(ofScore: score))
        }
        var rounding = EnvelopeRounding()
        for (index, power) in envelope.enumerated() {
            hop.envelope[index] =
                StoredPrecision.meanSquare(ofByte: rounding.byte(ofMeanSquare: power))
        }
        return hop
    }
}
