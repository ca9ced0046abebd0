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
