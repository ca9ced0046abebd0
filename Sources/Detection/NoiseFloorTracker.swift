/// Follows the level that a place never falls below, by minimum statistics.
///
/// The power is smoothed over a quarter of a second and its minimum kept over the last minute, in
/// twelve parts of five seconds, so that a steady new noise becomes the floor within 65 seconds
/// and the floor falls at once when the noise stops. After R. Martin, "Noise power spectral
/// density estimation based on optimal smoothing and minimum statistics" (2001), without the
/// correction of the minimum's bias, which at this smoothing is about 1 dB and part of any margin.
struct NoiseFloorTracker: Equatable, Sendable {
    private static let partCount = 12
    private static let blocksPerPart = 5 * EnvelopeGrid.blocksPerSecond
    private static let smoothingBlocks: Float = 25

    private var smoothed: Float?
    private var currentPart: Float = .infinity
    private var blocksInPart: Int64 = 0
    private var parts: [Float] = []

    /// The floor's mean square; nil until a whole minute has been heard.
    ///
    /// What is heard for less than a minute may be a sound: it must not hide itself.
    var meanSquare: Float? {
        guard parts.count == Self.partCount, let least = parts.min() else {
            return nil
        }
        return min(least, currentPart)
    }

    /// Takes the mean square of the next 10 ms.
    ///
    /// Digital silence is a muted input and says nothing of the place: it is left out.
    mutating func update(_ blockMeanSquare: Float) {
        guard blockMeanSquare > 0 else {
            return
        }
        let before = smoothed ?? blockMeanSquare
        let now = before + (blockMeanSquare - before) / Self.smoothingBlocks
        smoothed = now
        currentPart = min(currentPart, now)
        blocksInPart += 1
        if blocksInPart == Self.blocksPerPart {
            parts.append(currentPart)
            if parts.count > Self.partCount {
                parts.removeFirst()
            }
            currentPart = .infinity
            blocksInPart = 0
        }
    }
}
