/// Smooths one class's scores over the last windows.
///
/// Until that many windows have been scored, those that have been are all there is: the first
/// window of a recording counts in full. A gated hop counts as a score of 0.
package struct ScoreSmoother: Equatable, Sendable {
    /// The largest number of windows that can be smoothed over, and that are remembered.
    package static let capacity = 64

    /// The last scores, oldest first, at most ``capacity``.
    package private(set) var recent: [Float] = []

    private var kind: ScoreSmoothing
    private var windows: Int
    private var exponentialMean: Float?

    /// Creates a smoother that has seen nothing.
    ///
    /// - Parameters:
    ///   - kind: How the windows are combined.
    ///   - windows: How many, 1...``capacity``.
    package init(_ kind: ScoreSmoothing = .mean, over windows: Int) {
        precondition(
            1...Self.capacity ~= windows,
            "Smoothing takes 1 to \(Self.capacity) windows."
        )
        self.kind = kind
        self.windows = windows
    }

    /// Takes the score of the next window and gives the smoothed score.
    package mutating func update(_ score: Float) -> Float {
        if recent.count == Self.capacity {
            recent.removeFirst()
        }
        recent.append(score)
        advanceExponentialMean(by: score)
        return smoothed
    }

    /// Forgets the scores: what comes next is not next to them in time.
    package mutating func reset() {
        recent.removeAll(keepingCapacity: true)
        exponentialMean = nil
    }

    /// Replaces the smoothing and applies it to the scores so far.
    package mutating func change(to kind: ScoreSmoothing, over windows: Int) {
        let scores = recent
        self = ScoreSmoother(kind, over: windows)
        for score in scores {
            _ = update(score)
        }
    }

    private var smoothed: Float {
        let last = recent.suffix(windows)
        switch kind {
        case .mean:
            return last.reduce(0, +) / Float(last.count)
        case .median:
            let sorted = last.sorted()
            let middle = sorted.count / 2
            return sorted.count % 2 == 1
                ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        case .exponential:
            return exponentialMean ?? 0
        }
    }

    private mutating func advanceExponentialMean(by score: Float) {
        guard let before = exponentialMean else {
            exponentialMean = score
            return
        }
        exponentialMean = before + (score - before) * 2 / Float(windows + 1)
    }
}

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
