@preconcurrency import Glibc

/// Calibrates a model's scores.
///
/// The temperature divides the logits of all classes; a class may then have Platt's scaling of
/// its own. What is fitted, on sounds that the model was not trained on, stands in `model.yaml`.
package struct ScoreCalibration: Equatable, Sendable {
    /// What all logits are divided by, above 0: more than 1 makes an overconfident model modest.
    package var temperature: Float
    /// The scaling of each class after that, in the order of the scores; nil: none.
    package var classes: [LogisticCalibration?]

    /// Joins the two; without any, the calibration that changes nothing.
    package init(temperature: Float = 1, classes: [LogisticCalibration?] = []) {
        self.temperature = temperature
        self.classes = classes
    }

    /// Whether nothing is changed.
    package var isIdentity: Bool {
        temperature == 1 && classes.allSatisfy { $0 == nil }
    }

    /// The calibrated scores.
    ///
    /// - Parameter logits: A logit for each class, one class against all others, before the
    ///   temperature; shape `[classCount]`.
    /// - Returns: A probability for each class, 0...1.
    package func scores(ofLogits logits: consuming [Float]) -> [Float] {
        let count = logits.count
        precondition(
            classes.isEmpty || classes.count == count,
            "A calibration has an element for each class, or none."
        )
        var scores = logits
        for index in scores.indices {
            let scaling = (classes.isEmpty ? nil : classes[index]) ?? LogisticCalibration()
            scores[index] = scaling.score(ofLogit: scores[index] / temperature)
        }
        return scores
    }
}

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

/// Log odds: the scale on which calibration and rejection work.
package enum Logit {
    /// Beyond this a probability in single precision is 0 or 1, and its logit unknown.
    package static let limit: Float = 16

    /// The logit of a probability, at most ``limit`` either way.
    ///
    /// In double precision, because near 1 most of a probability's digits are the nines.
    package static func of(probability: Float) -> Float {
        let value = Double(probability)
        guard value > 0 else { return -limit }
        guard value < 1 else { return limit }
        return min(max(Float(log(value / (1 - value))), -limit), limit)
    }

    /// The probability of a logit.
    package static func probability(of logit: Float) -> Float {
        1 / (1 + exp(-logit))
    }
}

/// The familiarity of a window: higher means more like a known sound.
package enum FamiliarityScore: String, CaseIterable, Sendable {
    /// The joint energy of the classes' logits: the sum of `ln(1 + exp(logit))`.
    ///
    /// After Wang and others, "Can multi-label classification networks know what they don't know?"
    /// (2021): the evidence of all classes together, of which each alone may be too little.
    case energy
    /// By how much the logit of the best class exceeds that of the next: how unmistakable it is.
    case margin

    /// The familiarity of a window.
    ///
    /// - Parameters:
    ///   - logits: A logit for each class, shape `[classCount]`.
    ///   - known: For each class whether it is one of the sounds that the model knows; false for
    ///     one that collects all others. The best class is one of them, the next may be any.
    /// - Returns: A finite number, in logits.
    package func value(ofLogits logits: [Float], known: [Bool]) -> Float {
        precondition(logits.count == known.count, "Each class is known or not.")
        switch self {
        case .energy:
            return zip(logits, known).reduce(0) { sum, entry in
                entry.1 ? sum + Self.softplus(entry.0) : sum
            }
        case .margin:
            guard
                let best = logits.indices.lazy.filter({ known[$0] })
                    .max(by: { logits[$0] < logits[$1] })
            else { return -Logit.limit }
            let next = logits.indices.lazy.filter { $0 != best }.map { logits[$0] }.max()
            return logits[best] - (next ?? -Logit.limit)
        }
    }

    private static func softplus(_ value: Float) -> Float {
        value > 0 ? value + log1p(exp(-value)) : log1p(exp(value))
    }
}
