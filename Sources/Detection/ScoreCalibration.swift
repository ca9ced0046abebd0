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
