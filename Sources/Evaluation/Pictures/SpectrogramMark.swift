package import SoundDatasets

/// A stretch of time that a spectrogram names.
package struct SpectrogramMark: Equatable, Sendable {
    /// The beginning in seconds from the left edge.
    package var startSeconds: Double
    /// The end in seconds from the left edge.
    package var endSeconds: Double
    /// What was heard; marks of one label have one colour.
    package var label: String

    /// Creates the mark from its parts.
    package init(startSeconds: Double, endSeconds: Double, label: String) {
        self.startSeconds = startSeconds
        self.endSeconds = endSeconds
        self.label = label
    }

    /// The mark of an event; one that still goes on ends at the picture's right edge.
    package init(_ row: EventRow) {
        self.init(
            startSeconds: row.startSeconds,
            endSeconds: row.endSeconds ?? .infinity,
            label: row.label
        )
    }
}
