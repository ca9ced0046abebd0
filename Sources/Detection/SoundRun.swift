/// A stretch over which a class has been on.
struct SoundRun: Equatable, Sendable {
    /// The refined onset; with what was carried over an interruption, that one's.
    var start: SampleTime
    /// Where the sound is known to have been without a break since: after an interruption, there.
    var heardFrom: SampleTime
    /// The energy above which the sound stands out; nil when its onset has no energy edge.
    var threshold: Float?
    /// How far the sound is known to reach.
    var knownEnd: SampleTime
    /// Whether it has lasted long enough and is part of the event.
    var isPartOfEvent = false
    var scores = ScoreSum()
    /// The energy of the blocks that belong to it and have left the history.
    var forgottenEnergy = EnergySum()
}
