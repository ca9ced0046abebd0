/// What a sound level meter shows at a moment, in dBFS; `-infinity` is digital silence.
package struct SoundLevelReading: Equatable, Sendable {
    /// The level with the time weighting fast: LAF for weighting A.
    package var fastDBFS: Float

    /// The level with the time weighting slow: LAS for weighting A.
    package var slowDBFS: Float

    /// The largest magnitude, not weighted, since the reading before.
    package var peakDBFS: Float

    /// Creates the value from its parts.
    package init(fastDBFS: Float, slowDBFS: Float, peakDBFS: Float) {
        self.fastDBFS = fastDBFS
        self.slowDBFS = slowDBFS
        self.peakDBFS = peakDBFS
    }
}
