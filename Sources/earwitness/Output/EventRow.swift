import Foundation
import MonitorMessages

/// An event in the words that every format shares.
struct EventRow {
    /// The event as JSON.
    let json: JSONValue
    /// The name of the source or of the file.
    let origin: String
    /// The name of the class for programs.
    let className: String
    /// The name of the class for people.
    let label: String
    /// The onset in wall time; nil for a recording of unknown date.
    let start: Date?
    /// The onset in seconds on the time axis of the label track.
    let startSeconds: Double
    /// The offset in seconds on the same axis; nil while the sound goes on.
    let endSeconds: Double?
    let peakScore: Double
    let meanScore: Double
    let levelDBFS: Double?

    /// The length in seconds; nil while the sound goes on.
    var durationSeconds: Double? { endSeconds.map { $0 - startSeconds } }

    /// A stored or live event; the axis of a label track begins at `origin`.
    init(_ event: EventMessage, axisOrigin: Date) {
        json = event.json
        origin = event.source
        className = event.className
        label = event.label
        start = event.start
        startSeconds = event.start.timeIntervalSince(axisOrigin)
        endSeconds = event.end?.timeIntervalSince(axisOrigin)
        peakScore = event.peakScore
        meanScore = event.meanScore
        levelDBFS = event.levelDBFS
    }

    /// An event in a recording.
    init(_ event: RecordingEventMessage) {
        json = event.json
        origin = event.file
        className = event.className
        label = event.label
        start = event.start
        startSeconds = event.startSeconds
        endSeconds = event.endSeconds
        peakScore = event.peakScore
        meanScore = event.meanScore
        levelDBFS = event.levelDBFS
    }
}
