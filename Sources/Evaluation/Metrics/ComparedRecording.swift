package import SoundDatasets

/// What is in a recording, and what was found in it.
package struct ComparedRecording: Equatable, Sendable {
    /// The file.
    package var name: String
    /// The length in seconds.
    package var durationSeconds: Double
    /// The annotated sounds.
    package var reference: [LabelledSound]
    /// The detected sounds.
    package var detected: [LabelledSound]

    /// Creates the value from its parts.
    package init(
        name: String,
        durationSeconds: Double,
        reference: [LabelledSound],
        detected: [LabelledSound]
    ) {
        self.name = name
        self.durationSeconds = durationSeconds
        self.reference = reference
        self.detected = detected
    }
}
