/// The time-weighted levels of a minute, a hundred a second.
struct LevelDistribution: Equatable, Sendable {
    private var meanSquares: [Double] = []

    mutating func add(_ meanSquare: Double) {
        meanSquares.append(meanSquare)
    }

    mutating func reset() {
        meanSquares.removeAll(keepingCapacity: true)
    }

    /// The levels that were exceeded for the given parts of the time, in dBFS.
    ///
    /// Between two measured levels it is interpolated. Nothing measured is `-infinity`.
    func levels(exceededFor parts: [Double]) -> [Double] {
        let sorted = meanSquares.sorted()
        return parts.map { part in
            guard let last = sorted.last else {
                return -.infinity
            }
            let position = (1 - part) * Double(sorted.count - 1)
            let index = Int(position)
            let lower = Decibels.level(ofMeanSquare: sorted[index])
            let upper = Decibels.level(
                ofMeanSquare: index + 1 < sorted.count ? sorted[index + 1] : last
            )
            guard lower > -.infinity, position > Double(index) else {
                return lower
            }
            return lower + (upper - lower) * (position - Double(index))
        }
    }
}
