package import AudioCapture
package import Messages

/// What is known of a configured source.
package struct SourceFacts: Sendable {
    /// How it was looked at.
    package enum Hearing: Sendable {
        /// It is a recording or the demo: there is nothing to look at.
        case notADevice
        /// The service listens to it and says this.
        case byService(SourceStatusMessage)
        /// It was left alone: nobody asked, or the service knows it under another configuration.
        case notLookedAt
        /// It was listened to for a moment.
        case listened(ListeningFacts)
        /// It cannot be listened to; `holders` have it, if anybody.
        case refused(CaptureError, holders: [DeviceHolder])
    }

    /// Its name.
    package var name: String
    /// Its device, as configured.
    package var device: String
    /// The rate that is configured, in Hz; nil: the device's own choice.
    package var configuredRateHz: Int?
    /// How it was looked at.
    package var hearing: Hearing

    /// Creates the facts.
    package init(
        name: String,
        device: String,
        configuredRateHz: Int? = nil,
        hearing: Hearing
    ) {
        self.name = name
        self.device = device
        self.configuredRateHz = configuredRateHz
        self.hearing = hearing
    }
}
