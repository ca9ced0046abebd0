/// A capture device that the system offers.
package struct CaptureDevice: Sendable, Equatable {
    /// Whether it could be opened when it was looked at.
    package enum Availability: Sendable, Equatable {
        /// It can be opened now.
        case available
        /// It exists and cannot be opened now; the reason says what to do.
        case unavailable(CaptureError)
    }

    /// The name to open it by; by card id, not number, so that it lasts: `plughw:CARD=Mic,DEV=0`.
    package var name: String
    /// What the card or the configuration calls it.
    package var description: String
    /// Whether it can be opened.
    package var availability: Availability
    /// The understood formats that it delivers without conversion; empty if it was not opened.
    package var formats: [SampleFormat]
    /// The usual rates that it delivers without conversion, in Hz, ascending.
    package var ratesHz: [Int]
    /// The numbers of channels that it delivers without conversion; nil if it was not opened.
    package var channels: ClosedRange<Int>?
}
