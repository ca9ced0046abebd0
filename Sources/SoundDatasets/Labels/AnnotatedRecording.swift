/// A recording with what somebody heard in it.
package struct AnnotatedRecording: Equatable, Sendable {
    /// The path of the recording.
    package var path: String
    /// The sounds; empty where nothing is to be heard.
    package var sounds: [LabelledSound]

    /// Creates the value from its parts.
    package init(path: String, sounds: [LabelledSound]) {
        self.path = path
        self.sounds = sounds
    }
}
