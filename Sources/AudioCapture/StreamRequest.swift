/// How a device is to be set up.
struct StreamRequest: Sendable, Equatable {
    /// The rate that is wanted.
    var rateHz: Int
    /// Whether ALSA may resample, so that a device whose own rates do not include it gives
    /// exactly `rateHz`.
    var allowsResampling: Bool
    /// The number of channels that is wanted.
    var channels: Int

    /// What `settings` ask for, at the first opening.
    init(_ settings: CaptureSettings) {
        rateHz = settings.requestedRateHz ?? 16_000
        allowsResampling = false
        switch settings.channel {
        case .mix: channels = settings.channels ?? 1
        case .only(let number): channels = settings.channels ?? number
        }
    }

    /// The same, for a source that already runs at `rateHz`.
    func resampled(toHz rateHz: Int) -> StreamRequest {
        var request = self
        request.rateHz = rateHz
        request.allowsResampling = true
        return request
    }
}
