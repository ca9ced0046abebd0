import Detection
import SoundDatasets

/// How well a model does on recordings in which it is known what is heard when.
package struct EventReport: Sendable {
    /// One class with the thresholds in force.
    package struct ClassRow: Sendable {
        /// The class.
        package let name: String
        /// The threshold `on`.
        package let on: Float
        /// Event-based counts, with the collars of ``eventRule``.
        package let events: DetectionTally
        /// Segment-based counts.
        package let segments: DetectionTally
        /// Found sounds and false alarms.
        package let overlap: OverlapTally
    }

    /// The model's name.
    package let modelName: String
    /// The data set's path.
    package let dataSetPath: String
    /// The length of the recordings together, in hours.
    package let hours: Double
    /// The classes that are reported, in the model's order.
    package let classes: [ClassRow]
    /// The annotated sounds that are of no class of the model.
    package let unknownSoundCount: Int
    /// When an event is right.
    package let eventRule: EventMatchRule
    /// Event-based scores of the classes and over all.
    package let eventScores: DetectionScores
    /// The length of a segment, in seconds.
    package let segmentSeconds: Double
    /// Segment-based scores of the classes and over all.
    package let segmentScores: DetectionScores
    /// The polyphonic detection score for quick reaction.
    package let psds1: PSDScore?
    /// The polyphonic detection score for the right class.
    package let psds2: PSDScore?
    /// What every threshold would have found.
    package let sweep: ThresholdSweep
    /// The recordings with the events of the thresholds in force.
    package let recordings: [ComparedRecording]
    /// What events were made of.
    package let confusion: EventConfusion
    /// Other thresholds, if they were asked for.
    package var suggestion: ThresholdSuggestion?

    /// Evaluates scored recordings.
    ///
    /// - Parameters:
    ///   - modelName: The model's name.
    ///   - dataSetPath: The data set's path.
    ///   - recordings: The recordings with their scores.
    ///   - replay: The rules in force.
    ///   - sweep: What every threshold finds.
    ///   - eventRule: When an event is right.
    ///   - segmentSeconds: The length of a segment, above 0.
    package init(
        modelName: String,
        dataSetPath: String,
        recordings: [ScoredRecording],
        replay: EventReplay,
        sweep: ThresholdSweep,
        eventRule: EventMatchRule,
        segmentSeconds: Double
    ) {
        let names = replay.reportedClassNames
        let inForce = ThresholdSweep.point(recordings, replay, threshold: 0)
        let known = inForce.recordings.map { $0.keeping(labels: Set(names)) }
        let eventScores = EventBasedScores.evaluate(known, classNames: names, rule: eventRule)
        let segmentScores = SegmentBasedScores.evaluate(
            known,
            classNames: names,
            segmentSeconds: segmentSeconds
        )
        self.modelName = modelName
        self.dataSetPath = dataSetPath
        self.eventRule = eventRule
        self.eventScores = eventScores
        self.segmentSeconds = segmentSeconds
        self.segmentScores = segmentScores
        self.sweep = sweep
        self.recordings = inForce.recordings
        hours = sweep.hours
        classes = names.map { name in
            ClassRow(
                name: name,
                on: replay.settings.rule(for: name).on,
                events: eventScores.byClass[name] ?? DetectionTally(),
                segments: segmentScores.byClass[name] ?? DetectionTally(),
                overlap: inForce.tallies[name] ?? OverlapTally()
            )
        }
        unknownSoundCount = recordings.reduce(0) { sum, recording in
            sum + recording.reference.count { !names.contains($0.label) }
        }
        let points = sweep.points.map(\.recordings)
        psds1 = PSDScore.evaluate(
            operatingPoints: points,
            classNames: names,
            settings: .scenario1
        )
        psds2 = PSDScore.evaluate(
            operatingPoints: points,
            classNames: names,
            settings: .scenario2
        )
        confusion = EventConfusion(inForce.recordings, classNames: names)
    }

    /// What the thresholds in force find, for a suggestion.
    package var pointInForce: ThresholdSweep.Point {
        ThresholdSweep.Point(
            threshold: 0,
            tallies: Dictionary(uniqueKeysWithValues: classes.map { ($0.name, $0.overlap) }),
            recordings: recordings
        )
    }

    /// The thresholds in force, by class.
    package var thresholdsInForce: [String: Float] {
        Dictionary(uniqueKeysWithValues: classes.map { ($0.name, $0.on) })
    }

    /// The false alarms of all classes.
    package var falseAlarmCount: Int {
        classes.reduce(0) { $0 + $1.overlap.falseAlarmCount }
    }

    /// The exact 95 % interval of the false alarms an hour.
    package var falseAlarmsPerHourInterval: ClosedRange<Double> {
        let interval = ExactInterval.poisson(count: falseAlarmCount)
        return interval.lowerBound / hours...interval.upperBound / hours
    }

    /// The times from sounds' beginnings to their announcements, in seconds.
    package var latenciesSeconds: [Double] { classes.flatMap(\.overlap.latenciesSeconds) }

    /// By how much events are dated wrong, early or late, in seconds.
    package var onsetErrorsSeconds: [Double] {
        classes.flatMap(\.overlap.onsetErrorsSeconds).map(abs)
    }
}

extension ComparedRecording {
    /// The recording without sounds of other labels.
    func keeping(labels: Set<String>) -> ComparedRecording {
        ComparedRecording(
            name: name,
            durationSeconds: durationSeconds,
            reference: reference.filter { labels.contains($0.label) },
            detected: detected.filter { labels.contains($0.label) }
        )
    }
}

/// What the events of each class were really of.
package struct EventConfusion: Equatable, Sendable {
    /// The classes of the events, in the order of the columns.
    package let classNames: [String]
    /// What was annotated where events are: the classes, other labels, and nothing.
    package let rowNames: [String]
    /// The numbers of events, shape `[rowNames.count, classNames.count]`.
    package private(set) var counts: [[Int]]
    /// The numbers of annotated sounds that no event of their class meets, one for each row.
    package private(set) var missed: [Int]

    /// What the row of events is called where nothing is annotated.
    package static let nothing = "(nothing)"

    /// Counts events.
    ///
    /// An event belongs to the row of its own class if it meets a sound of it, else to that of
    /// the sound with which it has most in common.
    package init(_ recordings: [ComparedRecording], classNames: [String]) {
        let others = Set(recordings.flatMap { $0.reference.map(\.label) })
            .subtracting(classNames).sorted()
        let rowNames = classNames + others + [Self.nothing]
        let rows = Dictionary(uniqueKeysWithValues: rowNames.enumerated().map { ($1, $0) })
        var counts = rowNames.map { _ in classNames.map { _ in 0 } }
        var missed = rowNames.map { _ in 0 }
        for recording in recordings {
            for event in recording.detected {
                guard let column = classNames.firstIndex(of: event.label) else { continue }
                let row = rows[Self.label(of: event, in: recording.reference)]
                counts[row ?? rowNames.count - 1][column] += 1
            }
            for sound in recording.reference {
                let isFound = recording.detected.contains {
                    $0.label == sound.label && OverlapTally.meets($0, sound)
                }
                if !isFound, let row = rows[sound.label] { missed[row] += 1 }
            }
        }
        self.classNames = classNames
        self.rowNames = rowNames
        self.counts = counts
        self.missed = missed
    }

    private static func label(of event: LabelledSound, in reference: [LabelledSound]) -> String {
        let met = reference.filter { OverlapTally.meets($0, event) }
        if met.contains(where: { $0.label == event.label }) { return event.label }
        return met.max { $0.overlapSeconds(with: event) < $1.overlapSeconds(with: event) }?.label
            ?? nothing
    }
}
