import Detection
import SoundDatasets

/// How well a model does on recordings in which it is known what is heard when.
package struct EventReport: Sendable {
    /// One class with the thresholds in force.
    struct ClassRow: Sendable {
        /// The class.
        let name: String
        /// The threshold `on`.
        let on: Float
        /// Event-based counts, with the collars of ``eventRule``.
        let events: DetectionTally
        /// Segment-based counts.
        let segments: DetectionTally
        /// Found sounds and false alarms.
        let overlap: OverlapTally
    }

    /// The model's name.
    let modelName: String
    /// The data set's path.
    let dataSetPath: String
    /// The length of the recordings together, in hours.
    let hours: Double
    /// The classes that are reported, in the model's order.
    let classes: [ClassRow]
    /// The annotated sounds that are of no class of the model.
    let unknownSoundCount: Int
    /// When an event is right.
    let eventRule: EventMatchRule
    /// Event-based scores of the classes and over all.
    let eventScores: DetectionScores
    /// The length of a segment, in seconds.
    let segmentSeconds: Double
    /// Segment-based scores of the classes and over all.
    let segmentScores: DetectionScores
    /// The polyphonic detection score for quick reaction.
    let psds1: PSDScore?
    /// The polyphonic detection score for the right class.
    let psds2: PSDScore?
    /// What every threshold would have found.
    let sweep: ThresholdSweep
    /// The recordings with the events of the thresholds in force.
    let recordings: [ComparedRecording]
    /// Which sounds the events are of.
    let confusion: EventConfusion
    /// Other thresholds, if ``suggestThresholds(falseAlarmsPerDay:)`` was called.
    package private(set) var suggestion: ThresholdSuggestion?

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

    /// Suggests thresholds that stay within a number of false alarms a day.
    package mutating func suggestThresholds(falseAlarmsPerDay: Double) {
        suggestion = ThresholdSuggestion(
            sweep: sweep,
            present: classes.map { row in
                ThresholdSuggestion.ClassThreshold(name: row.name, on: row.on, tally: row.overlap)
            },
            budgetPerDay: falseAlarmsPerDay
        )
    }

    /// The false alarms of all classes.
    var falseAlarmCount: Int {
        classes.reduce(0) { $0 + $1.overlap.falseAlarmCount }
    }

    /// The exact 95 % interval of the false alarms an hour.
    var falseAlarmsPerHourInterval: ClosedRange<Double> {
        ExactInterval.rate(count: falseAlarmCount, in: hours)
    }

    /// The times from sounds' beginnings to their announcements, in seconds.
    var latenciesSeconds: [Double] { classes.flatMap(\.overlap.latenciesSeconds) }

    /// By how much events are dated wrong, early or late, in seconds.
    var onsetErrorsSeconds: [Double] {
        classes.flatMap(\.overlap.onsetErrorsSeconds).map(abs)
    }
}

/// What was heard in the events of each class.
struct EventConfusion: Equatable, Sendable {
    /// The classes of the events, in the order of the columns.
    let classNames: [String]
    /// What was annotated where events are: the classes, other labels, and nothing.
    let rowNames: [String]
    /// The numbers of events, shape `[rowNames.count, classNames.count]`.
    private(set) var counts: [[Int]]
    /// The numbers of annotated sounds that no event of their class meets, one for each row.
    private(set) var missed: [Int]

    /// What the row of events is called where nothing is annotated.
    static let nothing = "(nothing)"

    /// Counts events.
    ///
    /// An event belongs to the row of its own class if it meets a sound of it, else to that of
    /// the sound with which it has most in common.
    init(_ recordings: [ComparedRecording], classNames: [String]) {
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
