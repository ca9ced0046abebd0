/// The energy of a number of equally long stretches of sound.
struct EnergySum: Equatable, Sendable {
    private var total = 0.0
    private(set) var count = 0

    /// The mean over what was added, in dBFS; nil when nothing was.
    var levelDBFS: Float? {
        count > 0 ? Float(Decibels.level(ofMeanSquare: total / Double(count))) : nil
    }

    mutating func add(meanSquare: Float) {
        total += Double(meanSquare)
        count += 1
    }

    mutating func add(_ other: EnergySum) {
        total += other.total
        count += other.count
    }
}
