/// Follows the level that a place never falls below, by minimum statistics.
///
/// The power is averaged over half-seconds and the least of them kept over the last minute, in
/// twelve parts of five seconds, so that a steady new noise becomes the floor within 65 seconds
/// and the floor falls at once when the noise stops. After R. Martin, "Noise power spectral
/// density estimation based on optimal smoothing and minimum statistics" (2001); half a second
/// is long enough for the minimum to be within about a decibel of a steady noise's mean, which
/// is left to the margin.
struct NoiseFloorTracker: Equatable, Sendable {
    private static let partCount = 12
    private static let meansPerPart = 10
    private static let blocksPerMean = 50

    private var sum: Float = 0
    private var blocksInMean = 0
    private var currentPart: Float = .infinity
    private var meansInPart = 0
    private var parts: [Float] = []

    /// The floor's mean square; nil until a whole minute has been heard.
    ///
    /// What lasts less than a minute may be a sound and must not raise the floor.
    var meanSquare: Float? {
        guard parts.count == Self.partCount, let least = parts.min() else {
            return nil
        }
        return min(least, currentPart)
    }

    /// Takes the mean square of the next 10 ms.
    ///
    /// Digital silence is a muted input, not the room, and is skipped.
    mutating func update(_ blockMeanSquare: Float) {
        guard blockMeanSquare > 0 else {
            return
        }
        sum += blockMeanSquare
        blocksInMean += 1
        if blocksInMean == Self.blocksPerMean {
            currentPart = min(currentPart, sum / Float(Self.blocksPerMean))
            sum = 0
            blocksInMean = 0
            meansInPart += 1
        }
        if meansInPart == Self.meansPerPart {
            if parts.count == Self.partCount {
                parts.removeFirst()
            }
            parts.append(currentPart)
            currentPart = .infinity
            meansInPart = 0
        }
    }
}
