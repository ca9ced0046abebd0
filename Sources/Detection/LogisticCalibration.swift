@preconcurrency import Glibc

/// Platt scaling: turns a class's logit into a calibrated probability.
///
/// `score = 1 / (1 + exp(-(slope · logit + offset)))`. The slope is above 0, so that calibration
/// never changes which of two windows is more like the class.
package struct LogisticCalibration: Equatable, Sendable {
    /// What the logit is multiplied by, above 0.
    package var slope: Float
    /// What is added to it then.
    package var offset: Float

    /// The calibration that changes nothing, unless other numbers are given.
    package init(slope: Float = 1, offset: Float = 0) {
        self.slope = slope
        self.offset = offset
    }

    /// The calibrated score of what had a score before, such as a threshold.
    ///
    /// Certainty and impossibility stay what they are.
    package func score(carrying score: Float) -> Float {
        score > 0 && score < 1 ? self.score(ofLogit: Logit.of(probability: score)) : score
    }

    /// The calibrated probability, 0...1, of a logit.
    package func score(ofLogit logit: Float) -> Float {
        Logit.probability(of: slope * logit + offset)
    }
}
