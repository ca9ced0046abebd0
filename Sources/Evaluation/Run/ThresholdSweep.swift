package import SoundDatasets

/// What every threshold would have found, class by class.
package struct ThresholdSweep: Sendable {
    /// The results at one threshold.
    package struct Point: Sendable {
        /// The threshold `on`.
        package let threshold: Float
        /// What was found and what was a false alarm, by class.
        package let tallies: [String: OverlapTally]
        /// The recordings with the events.
        package let recordings: [ComparedRecording]
    }

    /// The points in order of rising thresholds.
    package let points: [Point]
    /// The length of the recordings together, in hours.
    package let hours: Double

    /// The thresholds that are tried: closer together near 1, where the false alarms are few.
    package static let thresholds: [Float] =
        (1...17).map { Float($0) / 20 } + [
            0.875, 0.9, 0.91, 0.92, 0.93, 0.94, 0.95, 0.96, 0.97, 0.975, 0.98, 0.985, 0.99, 0.995,
            0.998, 1,
        ]

    /// Tries every threshold, several at a time.
    package static func run(
        _ recordings: [ScoredRecording],
        replay: EventReplay,
        jobs: Int
    ) async -> ThresholdSweep {
        ThresholdSweep(
            points: await thresholds.concurrentMap(jobs: max(1, jobs)) { threshold in
                point(recordings, replay.withThreshold(threshold), threshold: threshold)
            }.sorted { $0.threshold < $1.threshold },
            hours: recordings.reduce(0) { $0 + $1.durationSeconds } / 3_600
        )
    }

    /// What one setting of the thresholds finds.
    package static func point(
        _ recordings: [ScoredRecording],
        _ replay: EventReplay,
        threshold: Float
    ) -> Point {
        var tallies: [String: OverlapTally] = [:]
        var compared: [ComparedRecording] = []
        for recording in recordings {
            let events = replay.events(in: recording)
            for name in replay.reportedClassNames {
                tallies[name, default: OverlapTally()].add(
                    reference: recording.reference.filter { $0.label == name },
                    found: events.filter { $0.sound.label == name }
                )
            }
            compared.append(
                ComparedRecording(
                    name: recording.path,
                    durationSeconds: recording.durationSeconds,
                    reference: recording.reference,
                    detected: events.map(\.sound)
                )
            )
        }
        return Point(threshold: threshold, tallies: tallies, recordings: compared)
    }
}

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
