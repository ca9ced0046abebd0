package import Foundation

/// A place in the stream of live messages: the `id` of a server-sent event.
///
/// It says when the message was published, in which run of the service, and its number in it, so
/// that a client that comes back gets what it missed from memory, or else from the history.
package struct StreamPosition: Equatable, Sendable, CustomStringConvertible {
    /// When the message was published, in milliseconds since 1970.
    package var milliseconds: Int64
    /// The run of the service; no two runs have the same.
    package var run: String
    /// How many messages were published in the run, this one included.
    package var number: Int64

    /// The run of positions that only say a time, as those of past events.
    package static let past = "past"

    /// Creates the place from its parts.
    package init(milliseconds: Int64, run: String, number: Int64) {
        self.milliseconds = milliseconds
        self.run = run
        self.number = number
    }

    /// A place that only says a time.
    package init(at date: Date) {
        self.init(
            milliseconds: Int64((date.timeIntervalSince1970 * 1_000).rounded(.down)),
            run: Self.past,
            number: 0
        )
    }

    /// Reads an `id`; nil if the text is something else.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, let milliseconds = Int64(parts[0]), milliseconds >= 0,
            !parts[1].isEmpty, let number = Int64(parts[2]), number >= 0
        else { return nil }
        self.init(milliseconds: milliseconds, run: String(parts[1]), number: number)
    }

    /// When the message was published.
    package var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1_000) }

    package var description: String { "\(milliseconds)-\(run)-\(number)" }
}

/// A live message and its place in the stream.
package struct PlacedMessage: Equatable, Sendable {
    /// Its place.
    package var position: StreamPosition
    /// What it says.
    package var message: LiveMessage

    /// Joins the two.
    package init(position: StreamPosition, message: LiveMessage) {
        self.position = position
        self.message = message
    }
}
