import Detection
import ModelLibrary

/// Turns a network's outputs for a window into what is decided about: a pure value.
///
/// Calibration and familiarity work on each class's log odds against all others. A model without
/// calibration keeps the network's own probabilities to the bit.
struct ScoreReader: Equatable, Sendable {
    private let activation: ScoreActivation
    private let calibration: ScoreCalibration
    private let familiarity: FamiliarityScore?
    private let known: [Bool]

    /// Reads as a model's description says.
    init(_ about: ModelDescription) {
        activation = about.network.activation
        calibration = about.scoreCalibration
        familiarity = about.openSet.threshold == nil ? nil : about.openSet.score
        known = about.classes.map(\.isReported)
    }

    /// Reads the outputs for one window.
    ///
    /// - Parameter outputs: A number a class, shape `[classCount]`.
    /// - Returns: The scores that are decided about.
    /// - Throws: The class whose score is not a probability.
    func read(_ outputs: [Float]) throws(InvalidScore) -> WindowScores {
        let scores = try activation.probabilities(of: outputs)
        guard !calibration.isIdentity || familiarity != nil else {
            return WindowScores(classes: scores)
        }
        let logits = scores.map(Logit.of(probability:))
        return WindowScores(
            classes: calibration.isIdentity ? scores : calibration.scores(ofLogits: logits),
            familiarity: familiarity?.value(ofLogits: logits, known: known)
        )
    }
}
