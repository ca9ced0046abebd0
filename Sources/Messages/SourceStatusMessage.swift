package import Foundation

/// What one source is doing now.
package struct SourceStatusMessage: WireMessage {
    /// The source's name.
    package var name: String
    /// What it listens to, such as `plughw:CARD=Mic`.
    package var device: String
    /// The names of the models that listen to it.
    package var models: [String]
    /// What it is doing.
    package var state: SourceState
    /// Why, in a few words; nil if the state says it all.
    package var reason: String?
    /// The device's rate in Hz; nil before it was opened.
    package var sampleRateHz: Int?
    /// The device's channels; nil before it was opened.
    package var channels: Int?
    /// Whether the capture thread runs at real-time priority; nil before it runs.
    package var isRealtime: Bool?
    /// The present level, RMS in dBFS; nil for digital silence or no sound.
    package var levelDBFS: Double?
    /// The sound level; nil while none is measured.
    package var soundLevel: SoundLevelMessage?
    /// Whether the silence gate is open.
    package var isGateOpen: Bool
    /// The present scores, the highest first.
    package var topScores: [ScoreMessage]
    /// The number of samples lost since the service started: never captured, or the ring was full.
    package var lostSamples: Int64
    /// How often the device's own buffer ran over since the service started.
    package var overruns: Int64
    /// The number of windows left out for lack of processor time since the service started; their
    /// samples are not lost.
    package var windowsLeftOut: Int64
    /// The number of clipped samples since the service started.
    package var clippedSamples: Int64
    /// Since when it has been listened to without a break; nil while it is not.
    package var listeningSince: Date?
    /// How far the device's clock runs fast, in parts per million; nil while not known.
    package var clockDriftPPM: Double?
    /// The longest step between two windows of a model, in seconds; nil before it was opened.
    package var hopSeconds: Double?
    /// How many times longer than configured that step is, because the machine can't keep up; 1
    /// while it can.
    package var hopStride: Int

    /// Creates the message from its parts.
    package init(
        name: String,
        device: String,
        models: [String] = [],
        state: SourceState,
        reason: String? = nil,
        sampleRateHz: Int? = nil,
        channels: Int? = nil,
        isRealtime: Bool? = nil,
        levelDBFS: Double? = nil,
        soundLevel: SoundLevelMessage? = nil,
        isGateOpen: Bool = false,
        topScores: [ScoreMessage] = [],
        lostSamples: Int64 = 0,
        overruns: Int64 = 0,
        windowsLeftOut: Int64 = 0,
        clippedSamples: Int64 = 0,
        listeningSince: Date? = nil,
        clockDriftPPM: Double? = nil,
        hopSeconds: Double? = nil,
        hopStride: Int = 1
    ) {
        self.name = name
        self.device = device
        self.models = models
        self.state = state
        self.reason = reason
        self.sampleRateHz = sampleRateHz
        self.channels = channels
        self.isRealtime = isRealtime
        self.levelDBFS = levelDBFS
        self.soundLevel = soundLevel
        self.isGateOpen = isGateOpen
        self.topScores = topScores
        self.lostSamples = lostSamples
        self.overruns = overruns
        self.windowsLeftOut = windowsLeftOut
        self.clippedSamples = clippedSamples
        self.listeningSince = listeningSince
        self.clockDriftPPM = clockDriftPPM
        self.hopSeconds = hopSeconds
        self.hopStride = hopStride
    }

    package var json: JSONValue {
        .object([
            .init("name", .string(name)),
            .init("device", .string(device)),
            .init("models", .array(models.map { .string($0) })),
            .init("state", .string(state.rawValue)),
            .init("reason", .string(reason)),
            .init("sample_rate_hz", sampleRateHz.map { .integer(Int64($0)) } ?? .null),
            .init("channels", channels.map { .integer(Int64($0)) } ?? .null),
            .init("realtime", isRealtime.map { .bool($0) } ?? .null),
            .init("level_dbfs", .number(levelDBFS, decimals: 1)),
            .init("sound_level", soundLevel?.json ?? .null),
            .init("gate", .string(isGateOpen ? "open" : "closed")),
            .init("top_scores", .array(topScores.map(\.json))),
            .init("lost_samples", .integer(lostSamples)),
            .init("overruns", .integer(overruns)),
            .init("windows_left_out", .integer(windowsLeftOut)),
            .init("clipped_samples", .integer(clippedSamples)),
            .init("listening_since", .moment(listeningSince)),
            .init("clock_drift_ppm", .number(clockDriftPPM, decimals: 1)),
            .init("hop_s", .number(hopSeconds, decimals: 3)),
            .init("hop_stride", .integer(Int64(hopStride))),
        ])
    }

    private enum CodingKeys: String, CodingKey {
        case name, device, models, state, reason
        case sampleRateHz = "sample_rate_hz"
        case channels
        case isRealtime = "realtime"
        case levelDBFS = "level_dbfs"
        case soundLevel = "sound_level"
        case gate
        case topScores = "top_scores"
        case lostSamples = "lost_samples"
        case overruns
        case windowsLeftOut = "windows_left_out"
        case clippedSamples = "clipped_samples"
        case listeningSince = "listening_since"
        case clockDriftPPM = "clock_drift_ppm"
        case hopSeconds = "hop_s"
        case hopStride = "hop_stride"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        name = try values.decode(String.self, forKey: .name)
        device = try values.decode(String.self, forKey: .device)
        models = try values.decode([String].self, forKey: .models)
        state = try values.decode(SourceState.self, forKey: .state)
        reason = try values.decodeIfPresent(String.self, forKey: .reason)
        sampleRateHz = try values.decodeIfPresent(Int.self, forKey: .sampleRateHz)
        channels = try values.decodeIfPresent(Int.self, forKey: .channels)
        isRealtime = try values.decodeIfPresent(Bool.self, forKey: .isRealtime)
        levelDBFS = try values.decodeIfPresent(Double.self, forKey: .levelDBFS)
        soundLevel = try values.decodeIfPresent(SoundLevelMessage.self, forKey: .soundLevel)
        isGateOpen = try values.decode(String.self, forKey: .gate) == "open"
        topScores = try values.decode([ScoreMessage].self, forKey: .topScores)
        lostSamples = try values.decode(Int64.self, forKey: .lostSamples)
        overruns = try values.decode(Int64.self, forKey: .overruns)
        windowsLeftOut = try values.decodeIfPresent(Int64.self, forKey: .windowsLeftOut) ?? 0
        clippedSamples = try values.decode(Int64.self, forKey: .clippedSamples)
        listeningSince = try values.decodeMomentIfPresent(forKey: .listeningSince)
        clockDriftPPM = try values.decodeIfPresent(Double.self, forKey: .clockDriftPPM)
        hopSeconds = try values.decodeIfPresent(Double.self, forKey: .hopSeconds)
        hopStride = try values.decodeIfPresent(Int.self, forKey: .hopStride) ?? 1
    }
}
