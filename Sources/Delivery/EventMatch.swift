import Foundation
import Messages
import Platform
import Settings

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
