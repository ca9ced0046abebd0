package import Foundation
package import Messages

/// An event in the words that every format shares.
package struct EventRow: Equatable, Sendable {
    /// The event as JSON.
    package var json: JSONValue
    /// The name of the source, or the path of the file.
    package var origin: String
    /// The absolute path of the recording; nil for what a source heard live.
    package var recordingPath: String?
    /// The name of the class for programs.
    package var className: String
    /// The name of the class for people.
    package var label: String
    /// The onset in wall time; nil for a recording of unknown date.
    package var start: Date?
    /// The onset in seconds on the time axis of labels and selections.
    package var startSeconds: Double
    /// The offset in seconds on the same axis; nil while the sound goes on.
    package var endSeconds: Double?
    /// The highest smoothed score, 0...1.
    package var peakScore: Double
    /// The mean of the smoothed scores, 0...1.
    package var meanScore: Double
    /// The level, RMS in dBFS; nil for digital silence.
    package var levelDBFS: Double?
    /// The name of the model that named it.
    package var model: String
    /// The event's sound, relative to the folder of clips; nil when none is kept.
    package var clip: String?

    /// The length in seconds; nil while the sound goes on.
    package var durationSeconds: Double? { endSeconds.map { $0 - startSeconds } }

    /// Creates the row from its parts.
    package init(
        json: JSONValue,
        origin: String,
        recordingPath: String? = nil,
        className: String,
        label: String,
        start: Date?,
        startSeconds: Double,
        endSeconds: Double?,
        peakScore: Double,
        meanScore: Double,
        levelDBFS: Double?,
        model: String,
        clip: String? = nil
    ) {
        self.json = json
        self.origin = origin
        self.recordingPath = recordingPath
        self.className = className
        self.label = label
        self.start = start
        self.startSeconds = startSeconds
        self.endSeconds = endSeconds
        self.peakScore = peakScore
        self.meanScore = meanScore
        self.levelDBFS = levelDBFS
        self.model = model
        self.clip = clip
    }

    /// The row of a stored or live event; labels and selections count seconds from `axisOrigin`.
    package init(_ event: EventMessage, axisOrigin: Date) {
        self.init(
            json: event.json,
            origin: event.source,
            className: event.className,
            label: event.label,
            start: event.start,
            startSeconds: event.start.timeIntervalSince(axisOrigin),
            endSeconds: event.end?.timeIntervalSince(axisOrigin),
            peakScore: event.peakScore,
            meanScore: event.meanScore,
            levelDBFS: event.levelDBFS,
            model: event.model,
            clip: event.clip
        )
    }

    /// The row of an event in a recording.
    package init(_ event: RecordingEventMessage) {
        self.init(
            json: event.json,
            origin: event.file,
            recordingPath: Self.absolute(event.file),
            className: event.className,
            label: event.label,
            start: event.start,
            startSeconds: event.startSeconds,
            endSeconds: event.endSeconds,
            peakScore: event.peakScore,
            meanScore: event.meanScore,
            levelDBFS: event.levelDBFS,
            model: event.model
        )
    }

    private static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        let tail = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        return "\(FileManager.default.currentDirectoryPath)/\(tail)"
    }
}
