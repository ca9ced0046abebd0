package import Foundation

/// An event in a recording, as `analyze` gives it.
package struct RecordingEventMessage: WireMessage {
    /// The name of the source: that of the file, without its folder.
    package var source: String
    /// The name of its class, such as `dog_bark`.
    package var className: String
    /// The name of its class for people, such as "Dog bark".
    package var label: String
    /// When the recording began; nil if neither it nor its name says so, and then the event's
    /// start and end are `null`.
    package var recordingStart: Date?
    /// What says when the recording began, such as `guano` or `name`; nil if nothing does.
    package var timeFrom: String?
    /// The highest smoothed score, 0...1.
    package var peakScore: Double
    /// The mean of the smoothed scores, 0...1.
    package var meanScore: Double
    /// The level, RMS in dBFS; nil for digital silence.
    package var levelDBFS: Double?
    /// The name of the model that named it.
    package var model: String
    /// The path of the file as it was given.
    package var file: String
    /// The onset, in seconds from the start of the file.
    package var startSeconds: Double
    /// The offset, in seconds from the start of the file.
    package var endSeconds: Double

    /// Creates the message from its parts.
    package init(
        source: String,
        className: String,
        label: String,
        recordingStart: Date?,
        timeFrom: String? = nil,
        peakScore: Double,
        meanScore: Double,
        levelDBFS: Double?,
        model: String,
        file: String,
        startSeconds: Double,
        endSeconds: Double
    ) {
        self.source = source
        self.className = className
        self.label = label
        self.recordingStart = recordingStart
        self.timeFrom = timeFrom
        self.peakScore = peakScore
        self.meanScore = meanScore
        self.levelDBFS = levelDBFS
        self.model = model
        self.file = file
        self.startSeconds = startSeconds
        self.endSeconds = endSeconds
    }

    /// The onset; nil if it is not known when the recording began.
    package var start: Date? { recordingStart.map { $0 + startSeconds } }
    /// The offset; nil if it is not known when the recording began.
    package var end: Date? { recordingStart.map { $0 + endSeconds } }

    package var json: JSONValue {
        .object([
            .init("source", .string(source)),
            .init("class", .string(className)),
            .init("label", .string(label)),
            .init("start", .moment(start)),
            .init("end", .moment(end)),
            .init("duration_s", .number(endSeconds - startSeconds, decimals: 3)),
            .init("peak_score", .number(peakScore, decimals: 4)),
            .init("mean_score", .number(meanScore, decimals: 4)),
            .init("level_dbfs", .number(levelDBFS, decimals: 1)),
            .init("model", .string(model)),
            .init("file", .string(file)),
            .init("start_s", .number(startSeconds, decimals: 3)),
            .init("end_s", .number(endSeconds, decimals: 3)),
            .init("time_from", .string(timeFrom)),
        ])
    }

    private enum CodingKeys: String, CodingKey {
        case source
        case className = "class"
        case label, start
        case peakScore = "peak_score"
        case meanScore = "mean_score"
        case levelDBFS = "level_dbfs"
        case model, file
        case startSeconds = "start_s"
        case endSeconds = "end_s"
        case timeFrom = "time_from"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        source = try values.decode(String.self, forKey: .source)
        className = try values.decode(String.self, forKey: .className)
        label = try values.decode(String.self, forKey: .label)
        peakScore = try values.decode(Double.self, forKey: .peakScore)
        meanScore = try values.decode(Double.self, forKey: .meanScore)
        levelDBFS = try values.decodeIfPresent(Double.self, forKey: .levelDBFS)
        model = try values.decode(String.self, forKey: .model)
        file = try values.decode(String.self, forKey: .file)
        startSeconds = try values.decode(Double.self, forKey: .startSeconds)
        endSeconds = try values.decode(Double.self, forKey: .endSeconds)
        timeFrom = try values.decodeIfPresent(String.self, forKey: .timeFrom)
        let startSeconds = startSeconds
        recordingStart = try values.decodeMomentIfPresent(forKey: .start).map { $0 - startSeconds }
    }
}
