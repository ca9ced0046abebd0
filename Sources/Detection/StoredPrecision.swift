/// The precision in which hops are stored, and in which they are decided upon.
///
/// A decision sees scores and levels as a byte can hold them, so that the same decision can be made
/// again from what is stored, to the bit.
package enum StoredPrecision {
    /// The byte of a score of 1: a score is its byte divided by this.
    package static let fullScoreByte: UInt8 = 254
    /// The byte of digital silence; any other byte `b` is a level of -b/2 dBFS.
    package static let silentLevelByte: UInt8 = 255

    /// The mean square of each level's byte, linear, shape `[256]`.
    private static let meanSquares: [Float] = (0...UInt8.max).map { byte in
        byte == silentLevelByte ? 0 : Decibels.meanSquare(ofLevel: -Float(byte) / 2)
    }

    /// The byte nearest to a score, which is 0...1.
    ///
    /// Only 1 itself is stored as 1, so that a threshold of 1 keeps out every score below it.
    package static func byte(ofScore score: Float) -> UInt8 {
        guard score < 1 else { return fullScoreByte }
        let nearest = (max(0, score) * Float(fullScoreByte)).rounded()
        return UInt8(min(nearest, Float(fullScoreByte - 1)))
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

    /// The byte nearest to a mean square, linear, 1 being full scale.
    package static func byte(ofMeanSquare meanSquare: Float) -> UInt8 {
        byte(ofLevel: Decibels.level(ofMeanSquare: meanSquare))
    }

    /// The mean square that a byte stands for, linear.
    package static func meanSquare(ofByte byte: UInt8) -> Float {
        meanSquares[Int(byte)]
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
        for (index, power) in envelope.enumerated() {
            hop.envelope[index] =
                StoredPrecision.meanSquare(ofByte: StoredPrecision.byte(ofMeanSquare: power))
        }
        return hop
    }
}
