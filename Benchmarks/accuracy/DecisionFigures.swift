import Detection
import Evaluation

/// How well one way of deciding does on an ``AccuracySet``.
struct DecisionFigures: Sendable {
    /// Found sounds and false alarms of each class among sounds that are clearly heard.
    let clips: [String: OverlapTally]
    /// Found sounds and false alarms of each class in scenes.
    let scenes: [String: OverlapTally]
    /// False alarms of each class in each kind of background.
    let backgrounds: [(name: String, hours: Double, tallies: [String: OverlapTally])]
    /// Event-based F1 over all classes.
    let eventF1: Double?
    /// The polyphonic detection scores of DCASE's two scenarios; nil if they were not asked for.
    let psds: (first: Double?, second: Double?)?

    /// Decides and counts.
    ///
    /// - Parameters:
    ///   - set: The recordings, gated and judged as they are to be.
    ///   - replay: The rules.
    ///   - eventRule: When an event is right.
    ///   - withPSDS: Whether the detection scores are computed, which takes as many decisions as
    ///     there are thresholds.
    init(
        _ set: AccuracySet,
        _ replay: EventReplay,
        eventRule: EventMatchRule = EventMatchRule(),
        withPSDS: Bool = false
    ) {
        let names = replay.reportedClassNames
        clips = ThresholdSweep.point(set.clips, replay, threshold: 0).tallies
        let point = ThresholdSweep.point(set.scenes, replay, threshold: 0)
        scenes = point.tallies
        backgrounds = set.backgrounds.map { kind in
            (
                kind.name, AccuracySet.hours(of: kind.recordings),
                ThresholdSweep.point(kind.recordings, replay, threshold: 0).tallies
            )
        }
        let known = point.recordings.map { $0.keeping(labels: Set(names)) }
        eventF1 =
            EventBasedScores.evaluate(known, classNames: names, rule: eventRule).overall.f1
        guard withPSDS else {
            psds = nil
            return
        }
        let points = ThresholdSweep.thresholds.map { threshold in
            ThresholdSweep.point(set.scenes, replay.withThreshold(threshold), threshold: threshold)
                .recordings
        }
        func score(_ settings: PSDSettings) -> Double? {
            PSDScore.evaluate(operatingPoints: points, classNames: names, settings: settings)?
                .value
        }
        psds = (score(.scenario1), score(.scenario2))
    }

    /// The mean of the classes' recalls among sounds that are clearly heard; nil without any.
    var clipRecall: Double? { Self.recall(clips) }

    /// The mean of the classes' recalls in scenes; nil without a sound of any class.
    var sceneRecall: Double? { Self.recall(scenes) }

    private static func recall(_ tallies: [String: OverlapTally]) -> Double? {
        let recalls = tallies.values.compactMap(\.recall)
        return recalls.isEmpty ? nil : recalls.reduce(0, +) / Double(recalls.count)
    }

    /// The length of all backgrounds, in hours.
    var backgroundHours: Double { backgrounds.reduce(0) { $0 + $1.hours } }

    /// The false alarms of all classes in all backgrounds.
    var falseAlarmCount: Int {
        backgrounds.reduce(0) { $0 + Self.falseAlarms($1.tallies) }
    }

    /// The false alarms an hour in all backgrounds.
    var falseAlarmsPerHour: Double { Double(falseAlarmCount) / backgroundHours }

    /// The exact 95 % interval of the false alarms an hour in all backgrounds.
    var falseAlarmsPerHourInterval: ClosedRange<Double> {
        ExactInterval.rate(count: falseAlarmCount, in: backgroundHours)
    }

    /// The false alarms an hour in one kind of background.
    func falseAlarmsPerHour(in name: String) -> Double? {
        backgrounds.first { $0.name == name }.map {
            Double(Self.falseAlarms($0.tallies)) / $0.hours
        }
    }

    /// By how much found sounds are dated wrong, early or late, in seconds.
    var onsetErrorsSeconds: [Double] {
        scenes.values.flatMap(\.onsetErrorsSeconds).map(abs)
    }

    private static func falseAlarms(_ tallies: [String: OverlapTally]) -> Int {
        tallies.values.reduce(0) { $0 + $1.falseAlarmCount }
    }
}

/// Scored recordings on which a whole decision is measured: sounds to find, and none to find.
struct AccuracySet: Sendable {
    /// Sounds of the model's classes that are clearly heard one at a time.
    var clips: [ScoredRecording]
    /// Scenes in which sounds of the model's classes are heard among others and over backgrounds.
    var scenes: [ScoredRecording]
    /// Recordings without them, by what they are made of, such as `ambience`.
    var backgrounds: [(name: String, recordings: [ScoredRecording])]

    /// All recordings without sounds of the model's classes.
    var allBackgrounds: [ScoredRecording] { backgrounds.flatMap(\.recordings) }

    /// The length of all backgrounds, in hours.
    var backgroundHours: Double { Self.hours(of: allBackgrounds) }

    /// The share of all hops at which the gate is open and the network is asked.
    var askedShare: Double {
        let hops = (clips + scenes + allBackgrounds).flatMap(\.hops)
        return hops.isEmpty ? 0 : Double(hops.count { $0.gate == .open }) / Double(hops.count)
    }

    /// The length of recordings together, in hours.
    static func hours(of recordings: [ScoredRecording]) -> Double {
        recordings.reduce(0) { $0 + $1.durationSeconds } / 3_600
    }

    /// The same with every recording changed.
    func mapping(_ change: (ScoredRecording) -> ScoredRecording) -> AccuracySet {
        AccuracySet(
            clips: clips.map(change),
            scenes: scenes.map(change),
            backgrounds: backgrounds.map { ($0.name, $0.recordings.map(change)) }
        )
    }
}
