/// What `clips.classes.NAME` says of one class.
package struct ClipClassSettings: Equatable, Sendable {
    /// Whether its sound is kept; nil: as `clips.keep` says.
    package var keep: Bool?
    /// Its clips that are older are removed, in days; nil: as `clips.max_days` says.
    package var maxDays: Int?
    /// The largest size of its clips together, in bytes; nil: no limit of its own.
    package var maxSizeBytes: Int64?

    /// Creates settings that say nothing.
    package init() {}
}
