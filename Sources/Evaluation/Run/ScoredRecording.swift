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
