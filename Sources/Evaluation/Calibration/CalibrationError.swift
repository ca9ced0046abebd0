/// How far scores are from how often they are right.
package enum CalibrationError {
    /// The number of bins, as most papers have it.
    package static let binCount = 15

    /// The expected calibration error of a class.
    ///
    /// Windows are put into ``binCount`` equal bins by their score; the error is the difference of
    /// mean score and share of windows in which the class is heard, averaged over all windows (Guo
    /// and others, "On calibration of modern neural networks", 2017, for one class against all).
    ///
    /// - Parameter scores: A score for each window, and whether the class is heard in it.
    /// - Returns: 0...1; nil without windows.
    package static func expected(_ scores: [(score: Double, isHeard: Bool)]) -> Double? {
        guard !scores.isEmpty else { return nil }
        var bins = [(score: Double, heard: Int)](repeating: (0, 0), count: binCount)
        for (score, isHeard) in scores {
            let bin = min(binCount - 1, max(0, Int(score * Double(binCount))))
            bins[bin].score += score
            bins[bin].heard += isHeard ? 1 : 0
        }
        return bins.reduce(0) { $0 + abs($1.score - Double($1.heard)) } / Double(scores.count)
    }
}
