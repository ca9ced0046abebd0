internal import Realtime

/// The settings requested from a capture device.
package struct CaptureSettings: Sendable, Equatable {
    /// An ALSA PCM name, such as `default`, `hw:1,0` or `plughw:CARD=Mic`; of a program, its name.
    package var device: String
    /// The program that writes the samples; nil: `device` is an ALSA PCM.
    package var program: ProgramCommand?
    /// The requested rate; nil: 16 kHz.
    ///
    /// The device may give another one.
    package var requestedRateHz: Int?
    /// The requested number of channels; nil: the source's own.
    package var channels: Int?
    /// How channels are mixed to mono.
    package var channel: ChannelChoice
    /// Amplification in dB, before the samples enter the ring.
    package var gainDB: Float
    /// Where a device's periods are to end; nil: after each tenth of a second.
    package var periodGrid: PeriodGrid?

    /// Creates settings; `validate` checks them.
    package init(
        device: String = "default",
        program: ProgramCommand? = nil,
        requestedRateHz: Int? = nil,
        channels: Int? = nil,
        channel: ChannelChoice = .mix,
        gainDB: Float = 0,
        periodGrid: PeriodGrid? = nil
    ) {
        self.device = device
        self.program = program
        self.requestedRateHz = requestedRateHz
        self.channels = channels
        self.channel = channel
        self.gainDB = gainDB
        self.periodGrid = periodGrid
    }

    /// Checks what can be known without the device.
    ///
    /// - Throws: `.invalidSetting` for the first value that is out of range.
    package func validate() throws(CaptureError) {
        // snd_pcm_open copies names into buffers of its own; no real name comes near this.
        try check(
            "device",
            !device.isEmpty && device.utf8.count <= 256,
            found: "'\(device.prefix(40))'",
            allowed: "an ALSA device name of 1 to 256 bytes"
        )
        if let rate = requestedRateHz {
            try check(
                "sample_rate",
                (4_000...768_000).contains(rate),
                found: "\(rate)",
                allowed: "4000 to 768000"
            )
        }
        if let channels {
            try check(
                "channels",
                (1...64).contains(channels),
                found: "\(channels)",
                allowed: "1 to 64"
            )
        }
        if case .only(let number) = channel {
            try check(
                "channel",
                (1...64).contains(number),
                found: "\(number)",
                allowed: "mix, or 1 to 64"
            )
        }
        try check(
            "gain_db",
            gainDB.isFinite && abs(gainDB) <= 60,
            found: "\(gainDB)",
            allowed: "-60 to 60"
        )
    }

    private func check(
        _ key: String,
        _ isAllowed: Bool,
        found: String,
        allowed: String
    ) throws(CaptureError) {
        guard isAllowed else {
            throw .invalidSetting(key: key, found: found, allowed: allowed)
        }
    }
}

/// Where a device's periods are to end: with the windows of the models that hear it.
///
/// Nothing is decided between the ends of two windows, so that shorter periods would wake the
/// threads on the way for nothing; and a window whose end lies amid a long one would wait for it.
package struct PeriodGrid: Sendable, Equatable {
    /// The length of a period in seconds, of which the step between windows is a multiple.
    package var seconds: Double
    /// Where the first window ends, in seconds from a source's first sample on.
    package var windowSeconds: Double
    /// The rate that the models hear, to which samples of any other are resampled, in Hz.
    package var modelRateHz: Int

    /// For how long a resampler to a lower rate may hold samples back, in seconds.
    private static let resamplerSeconds = 0.1

    /// Creates the grid from its parts.
    package init(seconds: Double, windowSeconds: Double, modelRateHz: Int) {
        self.seconds = seconds
        self.windowSeconds = windowSeconds
        self.modelRateHz = modelRateHz
    }

    /// The grid in frames of a device.
    ///
    /// - Parameter rateHz: The device's rate in Hz.
    /// - Returns: The length of a period, and of the first one, which brings the others onto the grid;
    ///   nil where a period is no whole number of frames, or is longer than the ring takes, and for a
    ///   rate below the models', from which a resampler's blocks are longer.
    func frames(atHz rateHz: Int) -> (period: Int, first: Int)? {
        let exact = seconds * Double(rateHz)
        let period = Int(exact.rounded())
        guard abs(exact - Double(period)) < 1e-6, (1...SampleRing.longestPeriod) ~= period,
            rateHz >= modelRateHz
        else { return nil }
        let end = windowSeconds + (rateHz == modelRateHz ? 0 : Self.resamplerSeconds)
        // The last frame of a window is the first one that completes it.
        let rest = Int((end * Double(rateHz) - 1e-6).rounded(.up)) % period
        return (period, rest == 0 ? period : rest)
    }
}

/// How a device's channels are mixed to mono.
package enum ChannelChoice: Sendable, Equatable {
    /// The mean of all channels.
    case mix
    /// One channel alone; channels are counted from 1.
    case only(Int)
}

/// The set-up of a device.
struct StreamRequest: Sendable, Equatable {
    /// A PCM that offers more channels than this converts their number and has none of its own.
    private static let mostOwnChannels = 16

    /// The rate that is wanted.
    var rateHz: Int
    /// Whether ALSA may resample, so that a device whose own rates do not include it gives
    /// exactly `rateHz`.
    var allowsResampling: Bool
    /// The number of channels that the settings name; nil: `channel` decides.
    var configuredChannels: Int?
    /// The channel that is listened to, from 1; nil: the mix of all.
    var channel: Int?
    /// The numbers of channels of the source behind a PCM that converts; nil: not known.
    var sourceChannels: ClosedRange<Int>?
    /// Where periods are to end; nil: after each tenth of a second.
    var periodGrid: PeriodGrid?

    /// What `settings` ask for, at the first opening.
    init(_ settings: CaptureSettings, sourceChannels: ClosedRange<Int>? = nil) {
        rateHz = settings.requestedRateHz ?? 16_000
        allowsResampling = false
        configuredChannels = settings.channels
        if case .only(let number) = settings.channel { channel = number }
        self.sourceChannels = sourceChannels
        periodGrid = settings.periodGrid
    }

    /// The same, for a source that already runs at `rateHz`.
    func resampled(toHz rateHz: Int) -> StreamRequest {
        var request = self
        request.rateHz = rateHz
        request.allowsResampling = true
        return request
    }

    /// The number of channels to ask for.
    ///
    /// A program that converts one number of channels into another mixes them: then no single
    /// channel is available, and channels that cancel out cannot be detected. So the source's own
    /// number is asked for, or where it is not known, at least two for a single channel.
    ///
    /// - Parameter offered: The numbers that the PCM offers.
    /// - Returns: The number, which may lie outside `offered`; nil if the chosen channel is not
    ///   among the source's.
    func channels(offered: ClosedRange<Int>) -> Int? {
        let isConverting = offered.upperBound > Self.mostOwnChannels
        let own = sourceChannels ?? (isConverting ? nil : offered)
        if let channel, channel > own?.upperBound ?? offered.upperBound { return nil }
        if let configuredChannels { return configuredChannels }
        guard let own else { return channel.map { max(2, $0) } ?? 1 }
        return min(max(own.lowerBound, channel ?? 1, 2), own.upperBound)
    }
}
