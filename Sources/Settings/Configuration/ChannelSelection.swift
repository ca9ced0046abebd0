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
