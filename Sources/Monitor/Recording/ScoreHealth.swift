import Detection
import ModelLibrary

/// Whether a model's scores of one source are valid, followed from window to window: a pure value.
///
/// The fault is there with the first invalid window, and over when all windows of the last
/// ``clearingSeconds`` were valid, so that a network which fails now and then does not fill the log.
/// A window in which the gate was closed is ignored.
struct ScoreHealth: Sendable {
    /// What a window changed.
    enum Change {
        case none, failed, recovered
    }

    /// How long scores must be valid before the fault is over, in seconds.
    static let clearingSeconds = 10.0

    /// What is wrong now; nil: nothing.
    private(set) var fault: InvalidScore?
    private var validSeconds = 0.0

    /// Starts with the result of the trial at load.
    init(_ model: SoundModel) {
        fault = model.trial.faultOfSound?.score
    }

    /// Follows the next window.
    ///
    /// - Parameters:
    ///   - hop: The window's scores.
    ///   - seconds: The length of its hop.
    /// - Returns: Whether the fault has just come or gone.
    mutating func update(_ hop: ScoredHop, seconds: Double) -> Change {
        if let invalid = hop.invalidScore {
            let isNew = fault == nil
            fault = invalid
            validSeconds = 0
            return isNew ? .failed : .none
        }
        guard fault != nil, !hop.scores.isEmpty else { return .none }
        validSeconds += seconds
        guard validSeconds >= Self.clearingSeconds else { return .none }
        fault = nil
        validSeconds = 0
        return .recovered
    }
}

extension SoundModel {
    /// What is wrong with the model's scores and what to do, in one line.
    ///
    /// - Parameters:
    ///   - score: The class and its score.
    ///   - place: Where the model met it, beginning with a space.
    /// - Returns: The line.
    func explanation(of score: InvalidScore, at place: String = "") -> String {
        let advice: String
        if !score.isOfFiniteFeatures {
            advice =
                ", because the features are NaN or infinite. Check the input level, which may be "
                + "far above full scale."
        } else if score.score.isFinite {
            advice =
                ", not from 0 to 1. If these are logits, set network.activation in "
                + "'\(folder)/model.yaml'."
        } else {
            advice = ". Export the network again, or use another model."
        }
        return "\(text(of: score))\(place)\(advice) These windows do not count as listened."
    }
}
