package import Detection

extension ScoredRecording {
    /// The same recording as a monitor with a silence gate hears it.
    ///
    /// - Parameter settings: The gate's; it decides from the levels, which the hops have.
    /// - Returns: The hops at which the gate is closed have no scores.
    package func gated(by settings: GateSettings) -> ScoredRecording {
        var gate = SilenceGate(settings: settings, sampleRateHz: sampleRateHz)
        var gated = self
        gated.hops = hops.map { hop in
            var changed = hop
            changed.gate = gate.update(hop.envelope, over: hop.hop)
            if changed.gate == .closed {
                changed.scores = []
                changed.familiarity = nil
            }
            return changed
        }
        return gated
    }

    /// The same recording as a model with a calibration and a measure of familiarity scores it.
    ///
    /// - Parameters:
    ///   - calibration: What becomes of the scores, which are the network's own here.
    ///   - familiarity: How the windows' familiarity is measured; nil: not at all.
    ///   - known: For each class whether it is one of the sounds that the model knows.
    /// - Returns: The hops with the scores and familiarity that such a model gives, to the bit.
    package func judged(
        by calibration: ScoreCalibration,
        familiarity: FamiliarityScore?,
        known: [Bool]
    ) -> ScoredRecording {
        var judged = self
        judged.hops = hops.map { hop in
            guard !hop.scores.isEmpty else { return hop }
            let logits = hop.scores.map(Logit.of(probability:))
            var changed = hop
            changed.familiarity = familiarity?.value(ofLogits: logits, known: known)
            if !calibration.isIdentity {
                changed.scores = calibration.scores(ofLogits: logits)
            }
            return changed
        }
        return judged
    }
}
