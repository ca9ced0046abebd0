/// A class's score that is not a probability: NaN, infinite, or outside 0 to 1.
package struct InvalidScore: Error, Equatable, Sendable {
    /// The class.
    package let classIndex: ClassIndex
    /// What the network gives for it.
    package let score: Float
    /// Whether the features that the network judged are finite, so that the network is to blame.
    package var isOfFiniteFeatures: Bool

    /// Creates the value.
    package init(classIndex: ClassIndex, score: Float, isOfFiniteFeatures: Bool = true) {
        self.classIndex = classIndex
        self.score = score
        self.isOfFiniteFeatures = isOfFiniteFeatures
    }

    /// The score for people, such as `NaN` or `6.86`.
    package var scoreText: String {
        if score.isNaN { return "NaN" }
        if score.isInfinite { return score > 0 ? "infinity" : "-infinity" }
        let rounded = (Double(score) * 1_000).rounded() / 1_000
        return "\(rounded == 0 ? Double(score) : rounded)"
    }
}
