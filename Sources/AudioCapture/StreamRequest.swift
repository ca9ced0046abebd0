/// How a device is to be set up.
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

    /// What `settings` ask for, at the first opening.
    init(_ settings: CaptureSettings, sourceChannels: ClosedRange<Int>? = nil) {
        rateHz = settings.requestedRateHz ?? 16_000
        allowsResampling = false
        configuredChannels = settings.channels
        if case .only(let number) = settings.channel { channel = number }
        self.sourceChannels = sourceChannels
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
    /// Whoever converts one number of channels into another mixes them, so that no single one can
    /// be had any more, nor can it be seen that they cancel each other. So the source's own number
    /// is asked for, or where it is not known, at least two for a single channel.
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
