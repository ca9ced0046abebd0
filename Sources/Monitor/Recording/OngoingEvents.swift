import Detection
import EventStore
import Foundation

/// The events of a source whose end is not yet durable.
struct OngoingEvents {
    private struct Entry {
        var record: EventRecord
        let arrival: SourceReport.Arrival
        /// Whether its beginning is durable, so that it may be published.
        var isDurable = false
    }

    private var entries: [EventKey: Entry] = [:]

    /// Whether there is none.
    var isEmpty: Bool { entries.isEmpty }

    /// Those that go on and are durable.
    var published: [EventRecord] {
        entries.values.filter { $0.isDurable && $0.record.end == nil }.map(\.record)
    }

    /// Adds an event that began.
    mutating func begin(
        _ record: EventRecord,
        as key: EventKey,
        arrival: SourceReport.Arrival
    ) {
        entries[key] = Entry(record: record, arrival: arrival)
    }

    /// Ends an event.
    ///
    /// - Returns: All of it, to be written; nil if it is not one of these.
    mutating func end(_ event: DetectedEvent, as key: EventKey, end: Date) -> EventRecord? {
        guard let ongoing = entries[key]?.record else { return nil }
        let record = EventRecord(
            id: ongoing.id,
            source: ongoing.source,
            model: ongoing.model,
            className: ongoing.className,
            start: ongoing.start,
            end: max(ongoing.start, end),
            peakScore: event.peakScore,
            meanScore: event.meanScore,
            levelDBFS: event.levelDBFS,
            secondScore: event.secondScore
        )
        entries[key]?.record = record
        return record
    }

    /// Notes that an event of this or another source is durable, and forgets it if it is over.
    ///
    /// - Returns: The event's key and arrival, if it is one of this source that began.
    mutating func markDurable(
        _ record: EventRecord
    ) -> (key: EventKey, arrival: SourceReport.Arrival)? {
        for (key, ongoing) in entries where ongoing.record.id == record.id {
            guard record.end == nil else {
                entries[key] = nil
                continue
            }
            entries[key]?.isDurable = true
            return (key, ongoing.arrival)
        }
        return nil
    }

    /// Gives an event the number that the database has it under.
    mutating func renumber(_ change: RenumberedEvent) {
        for (key, ongoing) in entries where change.concerns(ongoing.record) {
            entries[key]?.record.id = change.id
        }
    }
}
