/// How much of the past is kept.
package struct RetentionPolicy: Sendable, Equatable {
    /// For how many days events and coverage are kept in detail; nil: for ever.
    package var eventDays: Int?
    /// For how many days every hop's scores are kept; nil: for ever.
    package var scoreDays: Int?
    /// For how many days the sound levels of every minute are kept; nil: for ever.
    package var levelDays: Int?
    /// How large the database may become, in bytes; nil: without limit.
    package var maxBytes: Int64?

    /// Creates a policy; without arguments everything is kept for ever.
    package init(
        eventDays: Int? = nil,
        scoreDays: Int? = nil,
        levelDays: Int? = nil,
        maxBytes: Int64? = nil
    ) {
        self.eventDays = eventDays
        self.scoreDays = scoreDays
        self.levelDays = levelDays
        self.maxBytes = maxBytes
    }
}
