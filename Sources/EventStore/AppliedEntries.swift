import Foundation

/// What writing entries into the database came to.
package struct AppliedEntries: Sendable, Equatable {
    /// What a start had to put in order; nil if no start was among the entries.
    package var recovery: RecoveryReport?
    /// Entries that the database refuses for what they are, such as a class that no model has;
    /// they are left out, so that they do not hold up all others.
    package var refused = 0
    /// Events whose number the database has for another event.
    package var renumbered: [RenumberedEvent] = []

    /// Adds what writing more entries came to.
    mutating func add(_ other: AppliedEntries) {
        refused += other.refused
        recovery = other.recovery ?? recovery
        renumbered += other.renumbered
    }
}

/// An event that has another number in the database than it was given, because that one belongs to
/// another event there.
package struct RenumberedEvent: Sendable, Equatable {
    /// The event, with the number that it was given.
    package let event: EventRecord
    /// The number that it has.
    package let id: Int64
    /// Whether it got that number just now, or had it already.
    package let isNew: Bool

    /// Whether a record is about this event.
    package func concerns(_ record: EventRecord) -> Bool {
        // The spool rounds moments to milliseconds.
        record.id == event.id && record.source == event.source
            && record.className == event.className
            && abs(record.start.timeIntervalSince(event.start)) < 0.002
    }
}

extension HistoryEntry {
    /// The entry with the number that its event has in the database.
    package func renumbered(by changes: [RenumberedEvent]) -> HistoryEntry {
        func changed(_ record: EventRecord) -> EventRecord {
            guard let change = changes.last(where: { $0.concerns(record) }) else { return record }
            var record = record
            record.id = change.id
            return record
        }
        return switch self {
        case .began(let event): .began(changed(event))
        case .ended(let event): .ended(changed(event))
        case .started, .covered, .clockStepped: self
        }
    }
}
