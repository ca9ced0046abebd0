/// What retention has removed.
package struct RetentionReport: Sendable, Equatable {
    /// The number of events; their daily counts are kept.
    package var removedEvents = 0
    /// The number of blocks of scores.
    package var removedScoreBlocks = 0
    /// The number of minutes of sound levels.
    package var removedLevelMinutes = 0
    /// The number of spans of coverage that were folded into daily totals.
    package var foldedCoverageSpans = 0
    /// The clips of removed events, relative to the folder of clips, for the caller to delete.
    package var orphanedClips: [String] = []

    /// Creates the report of nothing removed.
    package init() {}
}
