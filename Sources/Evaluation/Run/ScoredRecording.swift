package import Detection
package import SoundDatasets

/// A recording with the network's scores of every hop, from which events can be decided anew.
package struct ScoredRecording: Sendable {
    /// The path of the recording.
    package var path: String
    /// The rate of the sample times, in Hz.
    package var sampleRateHz: Int
    /// The length in seconds.
    package var durationSeconds: Double
    /// The annotated sounds, their labels as the model names its classes where it has them.
    package var reference: [LabelledSound]
    /// The hops, in order.
    package var hops: [ScoredHop]

    /// Creates the value from its parts.
    package init(
        path: String,
        sampleRateHz: Int,
        durationSeconds: Double,
        reference: [LabelledSound],
        hops: [ScoredHop]
    ) {
        self.path = path
        self.sampleRateHz = sampleRateHz
        self.durationSeconds = durationSeconds
        self.reference = reference
        self.hops = hops
    }

    /// The mean of each class's scores while the gate was open; nil where it never was.
    package var meanScores: [Double]? {
        let scored = hops.filter { $0.gate == .open && !$0.scores.isEmpty }
        guard let first = scored.first else { return nil }
        return first.scores.indices.map { index in
            scored.reduce(0) { $0 + Double($1.scores[index]) } / Double(scored.count)
        }
    }
}

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
