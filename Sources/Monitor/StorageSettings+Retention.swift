package import EventStore
package import Settings

extension StorageSettings {
    /// How long the history is kept.
    package var retention: RetentionPolicy {
        RetentionPolicy(
            eventDays: retentionDays,
            scoreDays: scoreDays,
            levelDays: levelDays,
            maxBytes: maxSizeBytes
        )
    }

    /// How often the history is looked at as a whole; nil: only when it is opened.
    package var checkInterval: Duration? { checkHours.map { .seconds($0 * 3_600) } }
}
