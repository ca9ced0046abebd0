import Foundation
import Messages
import Platform
import Settings

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

/// Whether single events are what a rule is about.
struct EventMatch {
    private let when: RuleCondition
    private let zone: Zone

    init(_ when: RuleCondition, zone: Zone) {
        self.when = when
        self.zone = zone
    }

    /// Whether an event is of the rule's classes and sources, at its times: what is known when it
    /// begins and never changes.
    func concerns(_ event: EventMessage, classes: [String]) -> Bool {
        (classes.isEmpty || classes.contains(event.className)) && isHeard(event)
            && isTime(event.start)
    }

    /// Whether one of the rule's sources heard an event.
    func isHeard(_ event: EventMessage) -> Bool {
        when.sources.isEmpty || when.sources.contains(event.source)
    }

    /// Whether an event, as far as it has come, is sure and loud enough.
    func isStrong(_ event: EventMessage) -> Bool {
        if let score = when.score, event.peakScore < score { return false }
        if let level = when.levelDBFS, (event.levelDBFS ?? -.infinity) < level { return false }
        return true
    }

    /// Whether the rule's times of day and days have a moment.
    func isTime(_ date: Date) -> Bool {
        guard when.between != nil || when.days != nil else { return true }
        let wall = zone.wallTime(at: date)
        if let between = when.between, !between.contains(minute: wall.hour * 60 + wall.minute) {
            return false
        }
        return isDay(wall)
    }

    /// Whether the rule's days have the date of a wall clock.
    func isDay(_ wall: WallTime) -> Bool {
        guard let days = when.days else { return true }
        return days.contains(wall.weekday)
    }
}

extension WallTime {
    var weekday: Weekday {
        // 1970-01-01 was a Thursday, the fourth day of a week.
        let days = Int((startOfDay().clockSeconds / 86_400 + 3) % 7)
        return Weekday.allCases[(days + 7) % 7]
    }
}

/// Sounds that were heard of late, for rules about several of them.
struct RecentSounds: Codable, Sendable, Equatable {
    struct Sound: Codable, Sendable, Equatable {
        var id: Int64
        var className: String
        var label: String
        var start: Date
        /// Nil while it goes on.
        var end: Date?
    }

    /// One of which the end was missed must not go on for ever, in seconds.
    private static let longest = 86_400.0

    private var sounds: [Sound] = []

    /// Takes in an event as it is now, and forgets what ended long before it.
    ///
    /// - Parameters:
    ///   - event: One that is new or was taken in before.
    ///   - within: For how long sounds are of interest, in seconds.
    mutating func update(_ event: EventMessage, within: Double) {
        let earliest = event.start - 2 * within
        sounds.removeAll { $0.id == event.id || ($0.end ?? $0.start + Self.longest) < earliest }
        sounds.append(
            Sound(
                id: event.id,
                className: event.className,
                label: event.label,
                start: event.start,
                end: event.end
            )
        )
    }

    /// Takes in the end of an event, if that was taken in.
    mutating func updateEnd(of event: EventMessage) {
        for index in sounds.indices where sounds[index].id == event.id {
            sounds[index].end = event.end
        }
    }

    /// The last sound of some classes in a time, be it only in a part of it.
    func last(of classes: [String], in time: ClosedRange<Date>) -> Sound? {
        sounds.last { sound in
            classes.contains(sound.className) && sound.start <= time.upperBound
                && (sound.end ?? sound.start + Self.longest) >= time.lowerBound
        }
    }
}
