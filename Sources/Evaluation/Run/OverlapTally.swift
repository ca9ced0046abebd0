package import SoundDatasets

/// What was found and what was a false alarm, by whether sounds overlap.
///
/// An annotated sound is found if an event of its class overlaps it; an event is a false alarm
/// if it overlaps no sound of its class. Both may be apart by a tolerance. This is how people
/// count: neither a bark heard as two events nor two barks heard as one is wrong.
package struct OverlapTally: Equatable, Sendable {
    /// The number of annotated sounds.
    package var referenceCount = 0
    /// How many of them were found.
    package var foundCount = 0
    /// The number of events.
    package var eventCount = 0
    /// How many of them are false alarms.
    package var falseAlarmCount = 0
    /// For each sound found, from its beginning to the announcement of its first event.
    package var latenciesSeconds: [Double] = []
    /// For each sound found, by how much its first event begins late; negative: early.
    package var onsetErrorsSeconds: [Double] = []

    /// Creates a tally of nothing.
    package init() {}

    /// The seconds by which sound and event may be apart.
    package static let toleranceSeconds = 0.5

    /// The share of the sounds that were found; nil if there are none.
    package var recall: Double? {
        referenceCount > 0 ? Double(foundCount) / Double(referenceCount) : nil
    }

    /// The share of the events that are no false alarms; nil if there are none.
    package var precision: Double? {
        eventCount > 0 ? 1 - Double(falseAlarmCount) / Double(eventCount) : nil
    }

    /// Counts one recording's sounds and events of one class.
    package mutating func add(reference: [LabelledSound], found: [FoundSound]) {
        referenceCount += reference.count
        eventCount += found.count
        for sound in reference {
            guard let first = found.first(where: { Self.meets($0.sound, sound) }) else { continue }
            foundCount += 1
            latenciesSeconds.append(first.announcedSeconds - sound.onsetSeconds)
            onsetErrorsSeconds.append(first.sound.onsetSeconds - sound.onsetSeconds)
        }
        falseAlarmCount += found.count { event in
            !reference.contains { Self.meets(event.sound, $0) }
        }
    }

    /// Whether two sounds overlap, or nearly so.
    package static func meets(_ left: LabelledSound, _ right: LabelledSound) -> Bool {
        left.onsetSeconds < right.offsetSeconds + toleranceSeconds
            && right.onsetSeconds < left.offsetSeconds + toleranceSeconds
    }

    /// The value that a share of the sorted values lies below, interpolated; nil for none.
    package static func quantile(_ share: Double, of values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let place = share * Double(sorted.count - 1)
        let low = Int(place)
        let high = min(low + 1, sorted.count - 1)
        return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
    }
}
