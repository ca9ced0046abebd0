package import Foundation

/// An event, as `/v1/events`, the stream and `--format json` give it.
package struct EventMessage: WireMessage {
    /// Its number.
    package var id: Int64
    /// The name of the source that heard it.
    package var source: String
    /// The name of its class, such as `dog_bark`.
    package var className: String
    /// The name of its class for people, such as "Dog bark".
    package var label: String
    /// The onset.
    package var start: Date
    /// The offset; nil while the event is in progress.
    package var end: Date?
    /// The highest smoothed score, 0...1.
    package var peakScore: Double
    /// The mean of the smoothed scores, 0...1.
    package var meanScore: Double
    /// The level, RMS in dBFS; nil for digital silence.
    package var levelDBFS: Double?
    /// The score of the second model that agreed, 0...1; nil, and missing in the JSON, if none was
    /// asked.
    package var secondScore: Double?
    /// The name of the model that named it.
    package var model: String
    /// Its clip, relative to the clip folder; nil if there is none.
    package var clip: String?
    /// Why there is no clip, in a sentence; nil, and missing in the JSON, if there is one or where
    /// it is not asked for.
    package var noClip: String?
    /// The user's label; nil if there is none.
    ///
    /// In the JSON it is `user_label`, and missing if it is nil.
    package var userLabel: LabelMessage?

    /// Creates the message from its parts.
    package init(
        id: Int64,
        source: String,
        className: String,
        label: String,
        start: Date,
        end: Date?,
        peakScore: Double,
        meanScore: Double,
        levelDBFS: Double?,
        secondScore: Double? = nil,
        model: String,
        clip: String? = nil,
        userLabel: LabelMessage? = nil
    ) {
        self.id = id
        self.source = source
        self.className = className
        self.label = label
        self.start = start
        self.end = end
        self.peakScore = peakScore
        self.meanScore = meanScore
        self.levelDBFS = levelDBFS
        self.secondScore = secondScore
        self.model = model
        self.clip = clip
        self.userLabel = userLabel
    }

    /// The length, in seconds; nil while the sound goes on.
    package var durationSeconds: Double? {
        end.map { $0.timeIntervalSince(start) }
    }

    package var json: JSONValue {
        fields.inserting([.number("duration_s", durationSeconds)], after: "end")
    }

    private enum CodingKeys: String, CodingKey {
        case id, source
        case className = "class"
        case label, start, end
        case peakScore = "peak_score"
        case meanScore = "mean_score"
        case levelDBFS = "level_dbfs"
        case secondScore = "second_score"
        case model, clip
        case noClip = "no_clip"
        case userLabel = "user_label"
    }
}

/// A user's label of an event.
package struct LabelMessage: WireMessage {
    /// The class that it was; nil: a false alarm.
    package var className: String?
    /// Anything the user added.
    package var note: String?
    /// When the user said so; nil in a request, the server knows.
    package var labelledAt: Date?
    /// Where it came from; nil for labels of earlier versions.
    package var origin: String?

    /// Creates the message from its parts.
    package init(
        className: String?,
        note: String? = nil,
        labelledAt: Date? = nil,
        origin: String? = nil
    ) {
        self.className = className
        self.note = note
        self.labelledAt = labelledAt
        self.origin = origin
    }

    private enum CodingKeys: String, CodingKey {
        case className = "class"
        case note
        case labelledAt = "labelled"
        case origin
    }
}

/// Where a label came from.
package enum LabelOrigin: String, CaseIterable, Sendable {
    /// A button of the page.
    case page
    /// `earwitness label`.
    case command
    /// `earwitness review`.
    case review
    /// `earwitness labels import`.
    case imported = "import"
    /// Another program.
    case api
}

/// The answer to a query of the history: events, and how much of the time was listened to.
package struct EventListMessage: WireMessage {
    /// The events, in the order asked for.
    package var events: [EventMessage]
    /// How much of the time range was listened to.
    package var coverage: CoverageMessage

    /// Creates the message from its parts.
    package init(events: [EventMessage], coverage: CoverageMessage) {
        self.events = events
        self.coverage = coverage
    }
}

/// What became of the sound of an event.
package struct ClipMessage: WireMessage {
    /// The number of the event.
    package var eventID: Int64
    /// The clip, relative to the clip folder; nil once it is removed.
    package var clip: String?

    /// Creates the message from its parts.
    package init(eventID: Int64, clip: String?) {
        self.eventID = eventID
        self.clip = clip
    }

    private enum CodingKeys: String, CodingKey {
        case eventID = "id"
        case clip
    }
}

/// An event in a recording, as `analyze` gives it.
package struct RecordingEventMessage: WireMessage {
    /// The name of the source: that of the file, without its folder.
    package var source: String
    /// The name of its class, such as `dog_bark`.
    package var className: String
    /// The name of its class for people, such as "Dog bark".
    package var label: String
    /// The onset; nil if it is not known when the recording began.
    package private(set) var start: Date?
    /// The offset; nil if it is not known when the recording began.
    package private(set) var end: Date?
    /// The highest smoothed score, 0...1.
    package var peakScore: Double
    /// The mean of the smoothed scores, 0...1.
    package var meanScore: Double
    /// The level, RMS in dBFS; nil for digital silence.
    package var levelDBFS: Double?
    /// The score of the second model that agreed, 0...1; nil, and missing in the JSON, if none was
    /// asked.
    package var secondScore: Double?
    /// The name of the model that named it.
    package var model: String
    /// The path of the file as it was given.
    package var file: String
    /// The onset, in seconds from the start of the file.
    package var startSeconds: Double
    /// The offset, in seconds from the start of the file.
    package var endSeconds: Double
    /// What says when the recording began, such as `guano` or `name`; nil if nothing does.
    package var timeFrom: String?

    /// Creates the message from its parts.
    ///
    /// Without `recordingStart`, the beginning of the recording, the event has no date.
    package init(
        source: String,
        className: String,
        label: String,
        recordingStart: Date?,
        timeFrom: String? = nil,
        peakScore: Double,
        meanScore: Double,
        levelDBFS: Double?,
        secondScore: Double? = nil,
        model: String,
        file: String,
        startSeconds: Double,
        endSeconds: Double
    ) {
        self.source = source
        self.className = className
        self.label = label
        start = recordingStart.map { $0 + startSeconds }
        end = recordingStart.map { $0 + endSeconds }
        self.peakScore = peakScore
        self.meanScore = meanScore
        self.levelDBFS = levelDBFS
        self.secondScore = secondScore
        self.model = model
        self.file = file
        self.startSeconds = startSeconds
        self.endSeconds = endSeconds
        self.timeFrom = timeFrom
    }

    package var json: JSONValue {
        fields.inserting([.number("duration_s", endSeconds - startSeconds)], after: "end")
    }

    private enum CodingKeys: String, CodingKey {
        case source
        case className = "class"
        case label, start, end
        case peakScore = "peak_score"
        case meanScore = "mean_score"
        case levelDBFS = "level_dbfs"
        case secondScore = "second_score"
        case model, file
        case startSeconds = "start_s"
        case endSeconds = "end_s"
        case timeFrom = "time_from"
    }
}
