/// An event that has begun and that more may still be merged into.
struct OpenEvent: Equatable, Sendable {
    let number: Int
    let start: SampleTime
    /// The end of the last run that is part of it; a run that still goes on is not counted.
    var end: SampleTime
    var scores: ScoreSum
    /// The energy of the blocks since its start that have left the history.
    var forgottenEnergy: EnergySum
    /// The level up to ``end``, known once it rests.
    var levelDBFS: Float = -.infinity
}
