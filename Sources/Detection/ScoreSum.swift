/// The smoothed scores of a class over the hops at which it was on, and the level of those hops.
struct ScoreSum: Equatable, Sendable {
    private(set) var peak: Float = 0
    private(set) var hopEnergy = EnergySum()
    private var total = 0.0
    private var count = 0

    var mean: Float {
        count > 0 ? Float(total / Double(count)) : 0
    }

    mutating func add(_ score: Float, levelDBFS: Float) {
        peak = max(peak, score)
        total += Double(score)
        count += 1
        hopEnergy.add(meanSquare: Decibels.meanSquare(ofLevel: levelDBFS))
    }

    mutating func add(_ other: ScoreSum) {
        peak = max(peak, other.peak)
        total += other.total
        count += other.count
        hopEnergy.add(other.hopEnergy)
    }
}
