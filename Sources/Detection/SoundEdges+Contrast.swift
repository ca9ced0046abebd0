extension SoundEdges {
    /// What a sound has over digital or real silence: 20 dB, as a power ratio.
    private static let isolatingContrast: Float = 100
    /// How far under its loudest part a sound is still itself: 20 dB, as a power ratio.
    private static let reach: Float = 0.01
    private static let backgroundBlocks: Int64 = 5
    private static let peakBlocks: Int64 = 2

    /// The energy that divides a sound from its background; nil when it does not stand out.
    ///
    /// Half way between the two in decibels, but no more than ``reach`` under the loudest part.
    /// A sound far above the quietest moment stands alone. Otherwise the background is noise that
    /// fluctuates, and its quietest moment would let the fluctuations pass for edges.
    func threshold(peakIn sound: Range<Int64>, backgroundIn around: Range<Int64>) -> Float? {
        let backgrounds = means(of: Self.backgroundBlocks, in: around).sorted()
        guard let peak = means(of: Self.peakBlocks, in: sound).max(), peak > 0,
            let quietest = backgrounds.first
        else {
            return nil
        }
        let standsAlone = peak >= quietest * Self.isolatingContrast
        let background = standsAlone ? quietest : backgrounds[backgrounds.count * 3 / 10]
        guard peak >= background * Self.leastContrast else {
            return nil
        }
        return max(peak * Self.reach, (peak * background).squareRoot())
    }

    /// The mean of each `length` blocks that follow one another in `blocks`.
    private func means(of length: Int64, in blocks: Range<Int64>) -> [Float] {
        let known = blocks.clamped(to: envelope.blocks)
        guard known.count >= length else {
            return []
        }
        return (known.lowerBound...known.upperBound - length).compactMap {
            envelope.mean(of: $0..<$0 + length)
        }
    }
}
