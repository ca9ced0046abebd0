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
    /// The offset; nil while the sound goes on.
    package var end: Date?
    /// The highest smoothed score, 0...1.
    package var peakScore: Double
    /// The mean of the smoothed scores, 0...1.
    package var meanScore: Double
    /// The level, RMS in dBFS; nil for digital silence.
    package var levelDBFS: Double?
    /// The name of the model that named it.
    package var model: String
    /// Its clip, relative to the folder of clips; nil when none is kept.
    package var clip: String?
    /// What a user said that it really was; nil if nobody did.
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
        self.model = model
        self.clip = clip
        self.userLabel = userLabel
    }

    /// The length, in seconds; nil while the sound goes on.
    package var durationSeconds: Double? {
        end.map { $0.timeIntervalSince(start) }
    }

    package var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("id", .integer(id)),
            .init("source", .string(source)),
            .init("class", .string(className)),
            .init("label", .string(label)),
            .init("start", .moment(start)),
            .init("end", .moment(end)),
            .init("duration_s", .number(durationSeconds, decimals: 3)),
            .init("peak_score", .number(peakScore, decimals: 4)),
            .init("mean_score", .number(meanScore, decimals: 4)),
            .init("level_dbfs", .number(levelDBFS, decimals: 1)),
            .init("model", .string(model)),
            .init("clip", .string(clip)),
        ]
        if let userLabel {
            members.append(.init("user_label", userLabel.json))
        }
        return .object(members)
    }

    private enum CodingKeys: String, CodingKey {
        case id, source
        case className = "class"
        case label, start, end
        case peakScore = "peak_score"
        case meanScore = "mean_score"
        case levelDBFS = "level_dbfs"
        case model, clip
        case userLabel = "user_label"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        id = try values.decode(Int64.self, forKey: .id)
        source = try values.decode(String.self, forKey: .source)
        className = try values.decode(String.self, forKey: .className)
        label = try values.decode(String.self, forKey: .label)
        start = try values.decodeMoment(forKey: .start)
        end = try values.decodeMomentIfPresent(forKey: .end)
        peakScore = try values.decode(Double.self, forKey: .peakScore)
        meanScore = try values.decode(Double.self, forKey: .meanScore)
        levelDBFS = try values.decodeIfPresent(Double.self, forKey: .levelDBFS)
        model = try values.decode(String.self, forKey: .model)
        clip = try values.decodeIfPresent(String.self, forKey: .clip)
        userLabel = try values.decodeIfPresent(LabelMessage.self, forKey: .userLabel)
    }
}
