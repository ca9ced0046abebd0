/// What a source delivers.
package struct FeedFormat: Equatable, Sendable {
    /// Samples per second.
    package let rateHz: Int
    /// The channels that the device gives, before they are mixed or one is chosen.
    package let channels: Int
    /// Whether the capture thread runs with real-time priority; nil where there is none.
    package let isRealtime: Bool?
    /// Format and period, for people.
    package let detail: String
}
