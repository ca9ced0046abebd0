/// The analysis of one hop: the input of every decision.
///
/// One value is made for every hop of a source, whether the gate was open or not, in order of
/// time and without holes; a hole in the sound is told to the detector by
/// ``EventDetector/interrupt(at:resumingAt:)``.
package struct ScoredHop: Equatable, Sendable {
    /// The samples that the network saw, on the source's timeline.
    package var window: Range<SampleTime>

    /// The samples that are new since the hop before: the last part of `window`.
    package var hop: Range<SampleTime>

    /// The state of the silence gate over `hop`.
    package var gate: GateState

    /// The levels by which the gate decided; nil where none was asked.
    ///
    /// No decision needs them: they are shown to people.
    package var gateLevels: GateLevels?

    /// A probability for each class, calibrated where the model is, 0...1, shape `[classCount]`;
    /// empty while the gate is closed or the scores are invalid.
    package var scores: [Float]

    /// The scores after smoothing, with which thresholds are compared, shape `[classCount]`; empty
    /// where nobody asked for them.
    ///
    /// No decision needs them: they come out of it.
    package var smoothedScores: [Float] = []

    /// What is wrong with the network's scores of this window, which are then left out; nil: nothing.
    ///
    /// The window is as if it had not been listened to.
    package var invalidScore: InvalidScore?

    /// How familiar the window is to the model; nil if not computed.
    package var familiarity: Float?

    /// The print of the window; nil where none was asked for, or the network has no embedding.
    ///
    /// No decision needs it: sounds alike are found by it later.
    package var print: SoundPrint?

    /// The level of the samples in `hop`, RMS in dB relative to a full-scale square wave.
    ///
    /// Digital silence is `-Float.infinity`.
    package var levelDBFS: Float

    /// Mean-square of consecutive blocks of `hop`, linear, 1 being full scale.
    ///
    /// Blocks are 10 ms long and follow one another from the start of the timeline, so that the
    /// envelopes of consecutive hops join into one.
    package var envelope: [Float]

    /// Creates the value from its parts.
    package init(
        window: Range<SampleTime>,
        hop: Range<SampleTime>,
        gate: GateState,
        scores: [Float],
        invalidScore: InvalidScore? = nil,
        familiarity: Float? = nil,
        levelDBFS: Float,
        envelope: [Float]
    ) {
        self.window = window
        self.hop = hop
        self.gate = gate
        self.scores = scores
        self.invalidScore = invalidScore
        self.familiarity = familiarity
        self.levelDBFS = levelDBFS
        self.envelope = envelope
    }
}

/// What is remembered of a hop beside its scores.
struct RecentHop: Equatable, Sendable {
    let window: Range<SampleTime>
    let hop: Range<SampleTime>

    init(_ scored: ScoredHop) {
        window = scored.window
        hop = scored.hop
    }

    /// The window's length in samples.
    var windowLength: Int64 {
        window.upperBound - window.lowerBound
    }

    /// The hop's length in samples.
    var hopLength: Int64 {
        hop.upperBound - hop.lowerBound
    }
}

/// A class's score that is not a probability: NaN, infinite, or outside 0 to 1.
package struct InvalidScore: Error, Equatable, Sendable {
    /// The class.
    package let classIndex: ClassIndex
    /// What the network gives for it.
    package let score: Float
    /// Whether the features that the network judged are finite, so that the network is to blame.
    package var isOfFiniteFeatures: Bool

    /// Creates the value.
    package init(classIndex: ClassIndex, score: Float, isOfFiniteFeatures: Bool = true) {
        self.classIndex = classIndex
        self.score = score
        self.isOfFiniteFeatures = isOfFiniteFeatures
    }

    /// The score for people, such as `NaN` or `6.86`.
    package var scoreText: String {
        if score.isNaN { return "NaN" }
        if score.isInfinite { return score > 0 ? "infinity" : "-infinity" }
        let rounded = (Double(score) * 1_000).rounded() / 1_000
        return "\(rounded == 0 ? Double(score) : rounded)"
    }
}
