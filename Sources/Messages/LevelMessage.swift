package import Foundation

/// The level of a source, as the stream gives it.
package struct LevelMessage: WireMessage {
    /// The name of the source.
    package var source: String
    /// The end of the sound that was measured.
    package var time: Date
    /// The level, RMS in dBFS; nil for digital silence.
    package var levelDBFS: Double?
    /// The weighted level now; nil while none is measured.
    package var soundLevel: SoundLevelMessage?
    /// Whether the silence gate is open.
    package var isGateOpen: Bool

    /// Creates the message from its parts.
    package init(
        source: String,
        time: Date,
        levelDBFS: Double?,
        soundLevel: SoundLevelMessage? = nil,
        isGateOpen: Bool
    ) {
        self.source = source
        self.time = time
        self.levelDBFS = levelDBFS
        self.soundLevel = soundLevel
        self.isGateOpen = isGateOpen
    }

    package var json: JSONValue {
        .object([
            .init("source", .string(source)),
            .init("time", .moment(time)),
            .init("level_dbfs", .number(levelDBFS, decimals: 1)),
            .init("sound_level", soundLevel?.json ?? .null),
            .init("gate", .string(isGateOpen ? "open" : "closed")),
        ])
    }

    private enum CodingKeys: String, CodingKey {
        case source, time
        case levelDBFS = "level_dbfs"
        case soundLevel = "sound_level"
        case gate
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        source = try values.decode(String.self, forKey: .source)
        time = try values.decodeMoment(forKey: .time)
        levelDBFS = try values.decodeIfPresent(Double.self, forKey: .levelDBFS)
        soundLevel = try values.decodeIfPresent(SoundLevelMessage.self, forKey: .soundLevel)
        isGateOpen = try values.decode(String.self, forKey: .gate) == "open"
    }
}
