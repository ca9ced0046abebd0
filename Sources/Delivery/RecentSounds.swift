import Foundation
import Messages

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
