/// How a device's channels become one.
package enum ChannelChoice: Sendable, Equatable {
    /// The mean of all channels.
    case mix
    /// One channel alone; channels are counted from 1.
    case only(Int)
}
