/// The section `storage`: how long history is kept.
package struct StorageSettings: Equatable, Sendable {
    /// Events older than this are deleted, in days; nil: never.
    package var retentionDays: Int? = 365
    /// The scores of every hop are kept this long, in days; 0: not at all.
    package var scoreDays = 30
    /// The sound levels of every minute are kept this long, in days; nil: for ever.
    package var levelDays: Int? = 365
    /// The largest size of the database, in bytes; beyond it the oldest scores, then the oldest
    /// sound levels, then the oldest events go.
    package var maxSizeBytes: Int64 = 2_000_000_000
    /// How often the database is searched for damage while the service runs, in hours; nil: never.
    package var checkHours: Double? = 24

    /// Creates the section with its defaults.
    package init() {}
}
