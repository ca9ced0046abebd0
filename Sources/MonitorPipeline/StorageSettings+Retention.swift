package import EventStore
package import MonitorConfiguration

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
}
