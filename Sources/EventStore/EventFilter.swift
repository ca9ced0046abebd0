package import Foundation

/// Which events are asked for.
///
/// Without anything set: all that are over, the oldest first.
package struct EventFilter: Sendable, Equatable {
    /// In which order events come, by their onset, and which of them remain under a limit.
    package enum Order: Sendable, Equatable {
        /// The oldest first; a limit keeps the oldest.
        case oldestFirst
        /// The newest first; a limit keeps the newest.
        case newestFirst
    }

    /// Only events that begin at this time or later.
    package var since: Date?
    /// Only events that begin before this time.
    package var until: Date?
    /// Only events of these classes, by name; empty: all classes.
    package var classes: [String] = []
    /// Only events that this source heard.
    package var source: String?
    /// Only events that a model of this name named.
    package var model: String?
    /// Only events whose peak score is at least this, 0...1.
    package var minScore: Double?
    /// At most so many events, 0 or more.
    package var limit: Int?
    /// The order.
    package var order = Order.oldestFirst
    /// Whether events that still go on are given too, with no end.
    package var includesOngoing = false

    /// Creates a filter that lets everything through that is over.
    package init() {}
}
