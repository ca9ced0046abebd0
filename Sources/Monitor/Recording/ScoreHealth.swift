import Detection
import Foundation
import Messages
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

extension NearMessage {
    /// A peak that became no event, as listeners get it.
    ///
    /// - Parameters:
    ///   - miss: The peak.
    ///   - model: Its model.
    ///   - source: The name of its source.
    ///   - date: The end of the window of the peak.
    init(_ miss: NearMiss, model: SoundModel, source: String, at date: Date) {
        let classes = model.about.eventClasses
        let (stage, reason) = Self.explanation(of: miss) { classes[$0].label }
        self.init(
            source: source,
            model: model.name,
            className: classes[miss.classIndex].name,
            label: classes[miss.classIndex].label,
            time: date,
            peak: Double(miss.peak),
            threshold: Double(miss.threshold),
            stage: stage,
            reason: reason
        )
    }

    /// Where a peak was stopped, and why in a line for people.
    static func explanation(
        of miss: NearMiss,
        label: (ClassIndex) -> String
    ) -> (stage: Stage, reason: String) {
        let peak = scoreText(miss.peak)
        let needed = String(format: "needs %.2f", miss.threshold)
        // What one window alone would have been enough for is lost by smoothing.
        let isEnoughInOneWindow = miss.windowPeak >= miss.threshold && miss.peak < miss.threshold
        let smoothed =
            isEnoughInOneWindow
            ? "\(peak) over several windows (\(scoreText(miss.windowPeak)) in one), \(needed)"
            : "\(peak), \(needed)"
        switch miss.reason {
        case .threshold: return (.threshold, smoothed)
        case .gate: return (.gate, "the gate closed, it was too quiet: \(smoothed)")
        case .off: return (.off, "\(peak), but the class is off")
        case .confirmation(let hits, let windows, let least):
            return (
                .confirmation, "\(peak) in \(hits) of \(windows) windows, needs \(least) of them"
            )
        case .duration(let seconds, let neededSeconds):
            let length = String(format: "%.2f s, needs %.2f s", max(0, seconds), neededSeconds)
            return (.duration, "lasted \(length)")
        case .coolDown(let seconds):
            return (.coolDown, "within \(String(format: "%g", seconds)) s after the event before")
        case .suppressed(let other):
            return (.suppressed, "\(peak), but \(label(other)) was on")
        case .secondOpinion(let score, let least):
            let answer = "\(scoreText(score)), needs \(String(format: "%.2f", least))"
            return (.secondOpinion, "\(peak), but the second model gave \(answer)")
        }
    }

    /// A score in two decimals, rounded down: what is not enough does not look as if it were.
    private static func scoreText(_ score: Float) -> String {
        String(format: "%.2f", (Double(score) * 100 + 1e-4).rounded(.down) / 100)
    }
}
