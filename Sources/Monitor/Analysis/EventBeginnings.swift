import Detection
import Foundation

/// When each event of a source that goes on began: a pure value.
///
/// An event's end is its beginning and its length in samples, whatever was done to the wall clock
/// meanwhile.
struct EventBeginnings: Sendable {
    /// What the detectors of a source's models know an event by.
    private struct Key: Hashable {
        let model: Int
        let number: Int
    }

    private var beginnings: [Key: (sample: SampleTime, date: Date)] = [:]

    /// Takes note that an event began.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - model: The place of its model among the source's.
    ///   - date: What its first sample was dated by.
    mutating func note(_ event: DetectedEvent, ofModel model: Int, at date: Date) {
        beginnings[Key(model: model, number: event.number)] = (event.start, date)
    }

    /// The date of an event's end; the event is forgotten.
    ///
    /// - Parameters:
    ///   - event: The event; one whose beginning was not noted is dated by the clock alone.
    ///   - model: The place of its model among the source's.
    ///   - clock: Says how long samples last.
    /// - Returns: The date.
    mutating func end(
        of event: DetectedEvent,
        ofModel model: Int,
        datedBy clock: StreamClock
    ) -> Date {
        let beginning =
            beginnings.removeValue(forKey: Key(model: model, number: event.number))
            ?? (event.start, Date(timeIntervalSince1970: clock.wallSeconds(of: event.start)))
        let length = clock.wallSeconds(of: event.end) - clock.wallSeconds(of: beginning.sample)
        return beginning.date.addingTimeInterval(length)
    }
}
