/// How the scores of several windows become one.
package enum ScoreSmoothing: String, Equatable, Sendable, CaseIterable, Codable {
    /// The mean of the last windows ("soft voting").
    case mean
    /// The median of the last windows; with an even number, the mean of the middle two.
    case median
    /// An exponential mean with the centre of gravity of that many windows: α = 2 / (N + 1).
    case exponential
}
