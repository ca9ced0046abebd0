import Foundation
import Messages

/// What a rule remembers from one event to the next, also over a restart.
package struct RuleState: Codable, Sendable, Equatable {
    struct Fault: Codable, Sendable, Equatable {
        var since: Date
        var isTold = false
        /// Whether it was told and not suppressed; nil as false, for progress of earlier versions.
        var isSent: Bool?
    }

    struct Digest: Codable, Sendable, Equatable {
        var began: Date
        var due: Date
        var counts: [String: Int] = [:]
        var last: Notice?
    }

    /// Since when the rule watches.
    var began: Date
    /// The events that go on and were told of.
    var told: Set<Int64> = []
    /// The events that go on and may last for long enough.
    var lasting: [Int64: EventMessage] = [:]
    /// The onsets that count.
    var times: [Date] = []
    /// The first event of a sequence.
    var first: EventMessage?
    /// The sounds of `class` and `all`; nil: none, also in progress of earlier versions.
    var together: RecentSounds?
    /// The sounds of `not`; nil: none.
    var contrary: RecentSounds?
    /// When what must not be absent was heard last.
    var lastHeard: Date?
    /// The events that go on of what must not be absent.
    var heard: Set<Int64> = []
    /// Whether it was told that it is absent.
    var isAbsenceTold = false
    /// Until when nothing could be heard.
    var deafUntil: Date?
    /// The last time of day by which something had to be heard.
    var checked: Date?
    /// The faults that there are, by name.
    var faults: [String: Fault] = [:]
    /// When something was told last.
    var lastTold: Date?
    /// How much was not told since then.
    var suppressed = 0
    /// What is gathered for one message.
    var digest: Digest?
    /// What is about to be sent; empty between two calls.
    var outgoing: [Notice] = []

    init(began: Date) {
        self.began = began
    }
}
