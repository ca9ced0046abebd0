/// What a level meter shows: the levels since it was last read.
package struct LevelReading: Equatable, Sendable {
    /// How many samples were measured.
    package var sampleCount: Int

    /// RMS in dB relative to a full-scale square wave; `-infinity` for digital silence.
    package var levelDBFS: Float

    /// The largest magnitude in dBFS; `-infinity` for digital silence.
    package var peakDBFS: Float

    /// How many samples were at or beyond full scale.
    package var clippedSamples: Int

    /// Creates the value from its parts.
    package init(
        sampleCount: Int,
        levelDBFS: Float,
        peakDBFS: Float,
        clippedSamples: Int
    ) {
        self.sampleCount = sampleCount
        self.levelDBFS = levelDBFS
        self.peakDBFS = peakDBFS
        self.clippedSamples = clippedSamples
    }
}
