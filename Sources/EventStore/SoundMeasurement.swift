/// Scores or levels of a source, which are too many to wait for the database anywhere but in memory.
package enum SoundMeasurement: Sendable {
    /// The scores that a model, named by its key, gave a source; the rows are filled in when they
    /// are written.
    case scores(source: String, model: String, ScoreBlock)
    /// A minute's levels; the row is filled in when they are written.
    case levels(source: String, LevelMinute)

    /// Stands for a row that is not known yet.
    package static let unknownRow: Int64 = 0
}
