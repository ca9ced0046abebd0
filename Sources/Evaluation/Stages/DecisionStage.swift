package import Detection

/// A part of the decision that can be left out, to see what it is good for.
package enum DecisionStage: String, CaseIterable, Sendable {
    case classRules = "rules of single classes"
    case smoothing
    case confirmation
    case minimumDuration = "minimum duration"
    case maximumDuration = "maximum duration"
    case mergeGap = "merge gap"
    case coolDown = "cool-down"
    case suppression
    case rejection

    /// Whether the rules of any class use the stage.
    package func isUsed(by settings: DetectionSettings, classNames: [String]) -> Bool {
        removed(from: settings, classNames: classNames) != settings.spelledOut(for: classNames)
    }

    /// The settings without the stage.
    ///
    /// - Parameters:
    ///   - settings: Complete rules.
    ///   - classNames: The classes, each of which gets a rule of its own.
    /// - Returns: Rules that differ in this stage alone.
    package func removed(
        from settings: DetectionSettings,
        classNames: [String]
    ) -> DetectionSettings {
        var changed = settings.spelledOut(for: classNames)
        if self == .rejection { changed.leastFamiliarity = nil }
        for (name, rule) in changed.classes {
            changed.classes[name] = removed(from: rule, common: settings.defaults)
        }
        return changed
    }

    private func removed(from rule: ClassRule, common: ClassRule) -> ClassRule {
        var changed = rule
        switch self {
        case .classRules:
            changed = common
            changed.isEnabled = rule.isEnabled
        case .smoothing:
            (changed.smoothing, changed.smoothingWindows) = (.mean, 1)
        case .confirmation:
            (changed.confirmationHits, changed.confirmationWindows) = (1, 1)
        case .minimumDuration:
            changed.minDurationSeconds = 0
        case .maximumDuration:
            changed.maxDurationSeconds = nil
        case .mergeGap:
            changed.mergeGapSeconds = 0
        case .coolDown:
            changed.coolDownSeconds = 0
        case .suppression:
            changed.suppressedBy = []
        case .rejection:
            break
        }
        return changed
    }

    /// The settings with a usual form of a stage that they do not use.
    ///
    /// - Parameters:
    ///   - settings: Complete rules.
    ///   - classNames: The classes, each of which gets a rule of its own.
    /// - Returns: The rules and what was added, in words; nil for a stage that has no usual form.
    package func added(
        to settings: DetectionSettings,
        classNames: [String]
    ) -> (settings: DetectionSettings, words: String)? {
        var changed = settings.spelledOut(for: classNames)
        func each(_ change: (inout ClassRule) -> Void) {
            for name in changed.classes.keys {
                change(&changed.classes[name, default: ClassRule()])
            }
        }
        switch self {
        case .confirmation:
            each { ($0.confirmationHits, $0.confirmationWindows) = (2, 3) }
            return (changed, "2 of 3")
        case .maximumDuration:
            each { $0.maxDurationSeconds = 30 }
            return (changed, "30 s")
        case .coolDown:
            each { $0.coolDownSeconds = 10 }
            return (changed, "10 s")
        case .suppression:
            let pairs = Self.usualSuppressions.filter {
                classNames.contains($0.class) && classNames.contains($0.by)
            }
            guard !pairs.isEmpty else { return nil }
            for pair in pairs {
                changed.classes[pair.class]?.suppressedBy.insert(pair.by)
            }
            return (changed, pairs.map { "\($0.by) over \($0.class)" }.joined(separator: ", "))
        case .classRules, .smoothing, .minimumDuration, .mergeGap, .rejection:
            return nil
        }
    }

    /// Pairs of classes that are confused.
    private static let usualSuppressions: [(class: String, by: String)] = [
        ("sea_waves", "rain"), ("fire_crackling", "rain"), ("crackling_fire", "rain"),
        ("helicopter", "chainsaw"),
    ]
}

extension DetectionSettings {
    /// The same with a rule of its own for each class.
    package func spelledOut(for classNames: [String]) -> DetectionSettings {
        var settings = self
        for name in classNames {
            settings.classes[name] = rule(for: name)
        }
        return settings
    }
}

/// How well one way of deciding does on an ``AccuracySet``.
package struct DecisionFigures: Sendable {
    /// Found sounds and false alarms of each class among sounds that are clearly heard.
    package let clips: [String: OverlapTally]
    /// Found sounds and false alarms of each class in scenes.
    package let scenes: [String: OverlapTally]
    /// False alarms of each class in each kind of background.
    package let backgrounds: [(name: String, hours: Double, tallies: [String: OverlapTally])]
    /// Event-based F1 over all classes.
    package let eventF1: Double?
    /// The polyphonic detection scores of DCASE's two scenarios; nil if they were not asked for.
    package let psds: (first: Double?, second: Double?)?

    /// Decides and counts.
    ///
    /// - Parameters:
    ///   - set: The recordings, gated and judged as they are to be.
    ///   - replay: The rules.
    ///   - eventRule: When an event is right.
    ///   - withPSDS: Whether the detection scores are computed, which takes as many decisions as
    ///     there are thresholds.
    package init(
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
    package var clipRecall: Double? { Self.recall(clips) }

    /// The mean of the classes' recalls in scenes; nil without a sound of any class.
    package var sceneRecall: Double? { Self.recall(scenes) }

    private static func recall(_ tallies: [String: OverlapTally]) -> Double? {
        let recalls = tallies.values.compactMap(\.recall)
        return recalls.isEmpty ? nil : recalls.reduce(0, +) / Double(recalls.count)
    }

    /// The length of all backgrounds, in hours.
    package var backgroundHours: Double { backgrounds.reduce(0) { $0 + $1.hours } }

    /// The false alarms of all classes in all backgrounds.
    package var falseAlarmCount: Int {
        backgrounds.reduce(0) { $0 + Self.falseAlarms($1.tallies) }
    }

    /// The false alarms an hour in all backgrounds.
    package var falseAlarmsPerHour: Double { Double(falseAlarmCount) / backgroundHours }

    /// The exact 95 % interval of the false alarms an hour in all backgrounds.
    package var falseAlarmsPerHourInterval: ClosedRange<Double> {
        let interval = ExactInterval.poisson(count: falseAlarmCount)
        return interval.lowerBound / backgroundHours...interval.upperBound / backgroundHours
    }

    /// The false alarms an hour in one kind of background.
    package func falseAlarmsPerHour(in name: String) -> Double? {
        backgrounds.first { $0.name == name }.map {
            Double(Self.falseAlarms($0.tallies)) / $0.hours
        }
    }

    /// By how much found sounds are dated wrong, early or late, in seconds.
    package var onsetErrorsSeconds: [Double] {
        scenes.values.flatMap(\.onsetErrorsSeconds).map(abs)
    }

    private static func falseAlarms(_ tallies: [String: OverlapTally]) -> Int {
        tallies.values.reduce(0) { $0 + $1.falseAlarmCount }
    }
}

/// Scored recordings on which a whole decision is measured: sounds to find, and none to find.
package struct AccuracySet: Sendable {
    /// Sounds of the model's classes that are clearly heard one at a time.
    package var clips: [ScoredRecording]
    /// Scenes in which sounds of the model's classes are heard among others and over backgrounds.
    package var scenes: [ScoredRecording]
    /// Recordings without them, by what they are made of, such as `ambience`.
    package var backgrounds: [(name: String, recordings: [ScoredRecording])]

    /// Joins the three.
    package init(
        clips: [ScoredRecording],
        scenes: [ScoredRecording],
        backgrounds: [(name: String, recordings: [ScoredRecording])]
    ) {
        self.clips = clips
        self.scenes = scenes
        self.backgrounds = backgrounds
    }

    /// All recordings without sounds of the model's classes.
    package var allBackgrounds: [ScoredRecording] { backgrounds.flatMap(\.recordings) }

    /// The length of all backgrounds, in hours.
    package var backgroundHours: Double { Self.hours(of: allBackgrounds) }

    /// The share of all hops at which the gate is open and the network is asked.
    package var askedShare: Double {
        let hops = (clips + scenes + allBackgrounds).flatMap(\.hops)
        return hops.isEmpty ? 0 : Double(hops.count { $0.gate == .open }) / Double(hops.count)
    }

    /// The length of recordings together, in hours.
    package static func hours(of recordings: [ScoredRecording]) -> Double {
        recordings.reduce(0) { $0 + $1.durationSeconds } / 3_600
    }

    /// The same with every recording changed.
    package func mapping(_ change: (ScoredRecording) -> ScoredRecording) -> AccuracySet {
        AccuracySet(
            clips: clips.map(change),
            scenes: scenes.map(change),
            backgrounds: backgrounds.map { ($0.name, $0.recordings.map(change)) }
        )
    }
}
