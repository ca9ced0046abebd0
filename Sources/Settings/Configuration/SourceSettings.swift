/// One thing that is listened to: an element of `sources`.
package struct SourceSettings: Equatable, Sendable {
    /// The name under which events are kept.
    package var name: String
    /// Where the sound comes from.
    package var input: SourceInput
    /// The models that listen to it, by name or path; nil: the common ones.
    package var models: [String]?
    /// The rate that is asked of the device, in Hz; nil: the device's own choice.
    package var sampleRateHz: Int?
    /// The number of channels that is asked of the device; nil: the device's own choice.
    package var channels: Int?
    /// Which channel is used.
    package var channel: ChannelSelection
    /// What is added to the level, in dB.
    package var gainDB: Float
    /// Whether sound levels are measured and written down, minute by minute.
    package var measuresLevels: Bool
    /// What makes sound pressure levels of them; nil: they stay relative to full scale.
    package var calibration: SoundCalibration?

    /// Creates the settings of a source.
    package init(
        name: String = "",
        input: SourceInput = .device("default"),
        models: [String]? = nil,
        sampleRateHz: Int? = nil,
        channels: Int? = nil,
        channel: ChannelSelection = .mix,
        gainDB: Float = 0,
        measuresLevels: Bool = true,
        calibration: SoundCalibration? = nil
    ) {
        self.name = name
        self.input = input
        self.models = models
        self.sampleRateHz = sampleRateHz
        self.channels = channels
        self.channel = channel
        self.gainDB = gainDB
        self.measuresLevels = measuresLevels
        self.calibration = calibration
    }
}

/// Where a source's sound comes from: the value of `device`, and the SPEC of `run --source`.
package enum SourceInput: Equatable, Sendable, CustomStringConvertible {
    /// An ALSA PCM, such as `default`, `hw:1,0` or `plughw:CARD=Mic`.
    case device(String)
    /// A recording, played at real-time pace.
    case file(path: String)
    /// The demo recording.
    case demo

    /// Reads an ALSA PCM name, `file:PATH` or `demo`; nil if the text is empty or has no path.
    package init?(specification: String) {
        if specification == "demo" {
            self = .demo
        } else if specification.hasPrefix("file:") {
            let path = specification.dropFirst("file:".count)
            guard !path.isEmpty else { return nil }
            self = .file(path: String(path))
        } else {
            guard !specification.isEmpty, !specification.contains(where: \.isNewline) else {
                return nil
            }
            self = .device(specification)
        }
    }

    package var description: String {
        switch self {
        case .device(let name): name
        case .file(let path): "file:\(path)"
        case .demo: "demo"
        }
    }
}

/// Which of a device's channels is listened to.
package enum ChannelSelection: Equatable, Sendable {
    /// The mean of all channels.
    case mix
    /// One channel, counted from 1.
    case only(number: Int)

    /// The channel's index from 0; nil for the mix.
    package var index: Int? {
        guard case .only(let number) = self else { return nil }
        return number - 1
    }
}
