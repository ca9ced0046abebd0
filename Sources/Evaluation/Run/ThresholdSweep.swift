import SoundDatasets

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

        /// Creates the point from its parts.
        package init(
            threshold: Float,
            tallies: [String: OverlapTally],
            recordings: [ComparedRecording]
        ) {
            self.threshold = threshold
            self.tallies = tallies
            self.recordings = recordings
        }
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

    /// Creates a sweep from its points.
    package init(points: [Point], hours: Double) {
        self.points = points
        self.hours = hours
    }

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
