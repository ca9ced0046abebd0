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
    /// The reason; nil if the state is enough.
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
    private var gate: GateState
    /// The level at which the gate opens, RMS in dBFS; nil before anything was heard.
    package var gateOpenDBFS: Double?
    /// The level under which the gate closes, RMS in dBFS; nil before anything was heard.
    package var gateCloseDBFS: Double?
    /// The level that the place has not fallen below for a minute, RMS in dBFS; nil while not known.
    package var noiseFloorDBFS: Double?
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
    /// How many listen live to it at present.
    package var listeners: Int

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
        gateOpenDBFS: Double? = nil,
        gateCloseDBFS: Double? = nil,
        noiseFloorDBFS: Double? = nil,
        topScores: [ScoreMessage] = [],
        lostSamples: Int64 = 0,
        overruns: Int64 = 0,
        windowsLeftOut: Int64 = 0,
        clippedSamples: Int64 = 0,
        listeningSince: Date? = nil,
        clockDriftPPM: Double? = nil,
        hopSeconds: Double? = nil,
        hopStride: Int = 1,
        listeners: Int = 0
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
        gate = isGateOpen ? .open : .closed
        self.gateOpenDBFS = gateOpenDBFS
        self.gateCloseDBFS = gateCloseDBFS
        self.noiseFloorDBFS = noiseFloorDBFS
        self.topScores = topScores
        self.lostSamples = lostSamples
        self.overruns = overruns
        self.windowsLeftOut = windowsLeftOut
        self.clippedSamples = clippedSamples
        self.listeningSince = listeningSince
        self.clockDriftPPM = clockDriftPPM
        self.hopSeconds = hopSeconds
        self.hopStride = hopStride
        self.listeners = listeners
    }

    /// Whether the silence gate is open.
    package var isGateOpen: Bool { gate == .open }

    private enum CodingKeys: String, CodingKey {
        case name, device, models, state, reason
        case sampleRateHz = "sample_rate_hz"
        case channels
        case isRealtime = "realtime"
        case levelDBFS = "level_dbfs"
        case soundLevel = "sound_level"
        case gate
        case gateOpenDBFS = "gate_open_dbfs"
        case gateCloseDBFS = "gate_close_dbfs"
        case noiseFloorDBFS = "noise_floor_dbfs"
        case topScores = "top_scores"
        case lostSamples = "lost_samples"
        case overruns
        case windowsLeftOut = "windows_left_out"
        case clippedSamples = "clipped_samples"
        case listeningSince = "listening_since"
        case clockDriftPPM = "clock_drift_ppm"
        case hopSeconds = "hop_s"
        case hopStride = "hop_stride"
        case listeners
    }
}

/// What a source is doing, in `status`.
package enum SourceState: String, Sendable, Codable, CaseIterable {
    /// The device is being opened for the first time.
    case opening
    /// Sound is captured and scored.
    case listening
    /// Sound is captured and is silence, so the network rests.
    case gated
    /// The device is missing or delivers nothing; capture keeps retrying.
    case absent
    /// Sound is delivered but faulty; the reason says how.
    case fault
    /// The source has come to its end: a file that was played.
    case ended
}

/// Whether the silence gate lets sound through to the network.
enum GateState: String, Sendable, Codable {
    case open, closed
}
