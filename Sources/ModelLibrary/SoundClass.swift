package import Detection
@preconcurrency import Glibc
package import Settings

/// A class of a model: an element of `classes` in `model.yaml`.
package struct SoundClass: Equatable, Sendable {
    /// The name in files, queries and settings, such as `dog_bark`.
    package var name: String
    /// The name for people, such as `Dog bark`.
    package var label: String
    /// Whether the class is private, so that no clips are kept.
    package var isPrivate: Bool
    /// Whether the class can be reported at all; false for one that only collects other sounds.
    package var isReported: Bool
    /// Whether the class is reported unless the configuration says otherwise.
    package var isEnabled: Bool
    /// The calibration of the class's score.
    package var calibration: LogisticCalibration
    /// How scores of the class become events, over the rule for all classes.
    package var rule: ClassRuleOverlay

    /// Creates the class from its parts.
    package init(
        name: String = "",
        label: String = "",
        isPrivate: Bool = false,
        isReported: Bool = true,
        isEnabled: Bool = true,
        calibration: LogisticCalibration = LogisticCalibration(),
        rule: ClassRuleOverlay = ClassRuleOverlay()
    ) {
        self.name = name
        self.label = label
        self.isPrivate = isPrivate
        self.isReported = isReported
        self.isEnabled = isEnabled
        self.calibration = calibration
        self.rule = rule
    }
}

extension SoundClass {
    /// The class of the sounds of no known class, which no network has a score for.
    ///
    /// It needs long and clear evidence: every known sound has beginnings and ends that are like
    /// nothing. It may be a voice, so no clip is kept.
    package static let unknown: SoundClass = {
        var rule = ClassRuleOverlay()
        rule.smoothing = WindowSmoothing(kind: .mean, windows: 9)
        rule.on = 0.7
        rule.off = 0.5
        rule.minDurationSeconds = 1
        rule.mergeGapSeconds = 2
        return SoundClass(
            name: DetectionSettings.unknownClassName,
            label: "Unknown sound",
            isPrivate: true,
            rule: rule
        )
    }()
}

/// What turns the network's output into probabilities.
package enum ScoreActivation: String, CaseIterable, Sendable {
    /// Nothing: the network gives probabilities.
    case none
    /// The logistic function of each output; the classes are independent.
    case sigmoid
    /// The softmax over all outputs; exactly one class is there.
    case softmax

    /// How far outside 0...1 rounding may take a probability.
    private static let tolerance: Float = 1e-3

    /// Turns a network's outputs for a window into probabilities.
    ///
    /// - Parameter outputs: One number a class, shape `[classCount]`.
    /// - Returns: A probability for each class, 0...1.
    /// - Throws: The first class whose score is not a probability, and what it is.
    package func probabilities(of outputs: [Float]) throws(InvalidScore) -> [Float] {
        var scores = outputs
        switch self {
        case .none: break
        case .sigmoid: for index in scores.indices { scores[index] = 1 / (1 + exp(-scores[index])) }
        case .softmax: Self.applySoftmax(to: &scores)
        }
        for (index, score) in zip(scores.classIndices, scores)
        // False for NaN too.
        where !(score >= -Self.tolerance && score <= 1 + Self.tolerance) {
            throw InvalidScore(classIndex: index, score: score)
        }
        for index in scores.indices { scores[index] = min(max(scores[index], 0), 1) }
        return scores
    }

    private static func applySoftmax(to values: inout [Float]) {
        let greatest = values.max() ?? 0
        for index in values.indices { values[index] = exp(values[index] - greatest) }
        let sum = values.reduce(0, +)
        for index in values.indices { values[index] /= sum }
    }
}
