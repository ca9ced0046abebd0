/// Which of a recording's channels become the mono signal.
package enum RecordingChannel: Equatable, Sendable {
    /// The mean of all channels.
    case mix

    /// One channel, counted from 0.
    case only(Int)
}
