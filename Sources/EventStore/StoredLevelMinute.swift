/// A minute's levels as the history has them.
package struct StoredLevelMinute: Sendable, Equatable {
    /// The name of the source.
    package var source: String
    /// The minute.
    package var minute: LevelMinute
}
