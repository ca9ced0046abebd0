package import AudioFiles
package import Detection
package import Foundation

/// What was heard in a recording.
package struct RecordingAnalysis: Sendable {
    /// An event and the model that found it.
    package struct Finding: Sendable {
        /// The model's place among those that listened.
        package let model: Int
        /// The event.
        package let event: DetectedEvent
    }

    /// The file.
    package let path: String
    /// The rate of the recording, and of its events' sample times, in Hz.
    package let sampleRateHz: Int
    /// The length of the recording in samples.
    package let sampleCount: Int64
    /// When the recording began, if it or its name says so.
    package let start: RecordingStart?
    /// The step between two scores of each model, in seconds.
    package let hopSeconds: [Double]
    /// What each model found, in order of the events' beginning.
    package let findings: [Finding]
    /// Why the recording breaks off before its end; nil if it is whole.
    package let incompleteReason: String?
    /// What a person should know of how it was read, though it was read whole; a line each.
    package let warnings: [String]
    /// Which models gave invalid scores, and where first, a line each; what they heard there does
    /// not count.
    package let scoreFaults: [String]

    /// The moment of the first sample, if it is known.
    package var startTime: Date? { start?.moment }

    /// The length of the recording in seconds.
    package var durationSeconds: Double { Double(sampleCount) / Double(sampleRateHz) }
}
