/// A sound of one class with a beginning and an end: annotated by someone, or detected.
package struct LabelledSound: Equatable, Hashable, Sendable {
    /// The beginning, in seconds from the start of the recording.
    package var onsetSeconds: Double
    /// The end, in seconds from the start of the recording, not before the beginning.
    package var offsetSeconds: Double
    /// The name of the class.
    package var label: String

    /// Creates the sound from its parts.
    package init(onsetSeconds: Double, offsetSeconds: Double, label: String) {
        self.onsetSeconds = onsetSeconds
        self.offsetSeconds = offsetSeconds
        self.label = label
    }

    /// The length in seconds.
    package var durationSeconds: Double { offsetSeconds - onsetSeconds }

    /// The seconds that this sound and another have in common; 0 where they only touch.
    package func overlapSeconds(with other: LabelledSound) -> Double {
        max(
            0,
            min(offsetSeconds, other.offsetSeconds) - max(onsetSeconds, other.onsetSeconds)
        )
    }
}

extension [LabelledSound] {
    /// The sounds with those of one class that overlap joined into one, in order of time.
    ///
    /// Sounds that only touch stay apart, and what has no length is left out.
    package func joiningOverlaps() -> [LabelledSound] {
        var joined: [LabelledSound] = []
        var lastOfLabel: [String: Int] = [:]
        let inOrder = filter { $0.durationSeconds > 0 }.sorted {
            ($0.onsetSeconds, $0.offsetSeconds, $0.label)
                < ($1.onsetSeconds, $1.offsetSeconds, $1.label)
        }
        for sound in inOrder {
            if let last = lastOfLabel[sound.label],
                joined[last].offsetSeconds > sound.onsetSeconds
            {
                joined[last].offsetSeconds = Swift.max(
                    joined[last].offsetSeconds,
                    sound.offsetSeconds
                )
            } else {
                lastOfLabel[sound.label] = joined.count
                joined.append(sound)
            }
        }
        return joined
    }
}
