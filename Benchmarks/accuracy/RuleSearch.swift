import Detection
import Evaluation
import Foundation

/// Tries rules for each class, and takes those that find most within a number of false alarms.
///
/// A rule's length (how many windows are smoothed over, confirmed, how long an event lasts) and
/// its threshold are tried together. Recall is that of clearly heard sounds, false alarms are those in
/// backgrounds.
struct RuleSearch: Sendable {
    /// One rule that was tried for a class.
    private struct Trial {
        let rule: ClassRule
        /// The share of the clearly heard sounds that are found.
        let recall: Double?
        let falseAlarmCount: Int
        /// False alarms among sounds of other classes, used to break ties.
        let confusionCount: Int
    }

    private let trials: [String: [Trial]]
    private let classNames: [String]
    private let thresholdCount: Int
    private let hours: Double

    /// The thresholds that are tried: closer together near 1, where the false alarms are few.
    static let thresholds: [Float] = [
        0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75,
        0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.985, 0.99, 0.995, 0.998,
    ]

    /// The lengths that are tried: for sounds that are over at once, and for those that go on.
    static let lengths: [@Sendable (inout ClassRule) -> Void] = [
        length(smoothing: 1),
        length(smoothing: 2),
        length(smoothing: 3),
        length(smoothing: 5),
        length(smoothing: 7, minDurationSeconds: 1),
        length(smoothing: 9, minDurationSeconds: 2),
        length(smoothing: 13, minDurationSeconds: 3),
        length(smoothing: 1, hits: 2, of: 3),
        length(smoothing: 1, hits: 3, of: 5),
    ]

    /// A length in all its parts, whatever the rule was before.
    static func length(
        smoothing: Int,
        minDurationSeconds: Double = 0.1,
        hits: Int = 1,
        of windows: Int = 1
    ) -> @Sendable (inout ClassRule) -> Void {
        { rule in
            (rule.smoothingWindows, rule.minDurationSeconds) = (smoothing, minDurationSeconds)
            (rule.confirmationHits, rule.confirmationWindows) = (hits, windows)
        }
    }

    /// Tries every length with every threshold, several at a time.
    ///
    /// - Parameters:
    ///   - set: The recordings to choose on.
    ///   - replay: The rules that are changed; `off` keeps its ratio to `on`.
    ///   - lengths: Changes to every class's rule; one that changes nothing tries thresholds alone.
    ///   - thresholds: The thresholds, rising.
    ///   - jobs: How many decisions are made at a time.
    /// - Returns: What every rule found, to choose from.
    static func run(
        on set: AccuracySet,
        replay: EventReplay,
        lengths: [@Sendable (inout ClassRule) -> Void],
        thresholds: [Float] = RuleSearch.thresholds,
        jobs: Int
    ) async -> RuleSearch {
        let names = replay.reportedClassNames
        let replays = lengths.flatMap { length in
            thresholds.map { replay.changing(length).withThreshold($0) }
        }
        let background = set.allBackgrounds
        let found = await replays.concurrentMap(jobs: max(1, jobs)) { replay in
            trials(set, background, replay)
        }
        return RuleSearch(
            trials: Dictionary(
                uniqueKeysWithValues: names.map { name in (name, found.compactMap { $0[name] }) }
            ),
            classNames: names,
            thresholdCount: thresholds.count,
            hours: set.backgroundHours
        )
    }

    private static func trials(
        _ set: AccuracySet,
        _ background: [ScoredRecording],
        _ replay: EventReplay
    ) -> [String: Trial] {
        let heard = ThresholdSweep.point(set.clips, replay, threshold: 0).tallies
        let among = ThresholdSweep.point(set.scenes, replay, threshold: 0).tallies
        let wrong = ThresholdSweep.point(background, replay, threshold: 0).tallies
        var trials: [String: Trial] = [:]
        for name in replay.reportedClassNames {
            trials[name] = Trial(
                rule: replay.settings.rule(for: name),
                recall: heard[name]?.recall,
                falseAlarmCount: wrong[name]?.falseAlarmCount ?? 0,
                confusionCount: among[name]?.falseAlarmCount ?? 0
            )
        }
        return trials
    }

    /// The rules that find most within so many false alarms an hour of all classes together.
    ///
    /// A threshold just above the highest score of the recordings that it is chosen on would cost
    /// nothing there and much elsewhere, so that each is counted with the false alarms of a lower one.
    /// Of equal rules those with the fewest false alarms are taken, and of these those with the
    /// fewest confusions; for a class of which there is no sound to find, low thresholds are worth
    /// more than high ones.
    ///
    /// - Parameters:
    ///   - falseAlarmsPerHour: The budget on the recordings that they are chosen on.
    ///   - caution: By how many steps the threshold is lower whose false alarms are counted.
    /// - Returns: A rule for each class; nil where nothing keeps within.
    func rules(within falseAlarmsPerHour: Double, caution: Int = 1) -> [String: ClassRule]? {
        let budget = Int(falseAlarmsPerHour * hours)
        let lists = classNames.map { name in
            let all = trials[name] ?? []
            return all.indices.map { index in
                let steps = min(caution, index % thresholdCount)
                return (trial: all[index], cost: all[index - steps].falseAlarmCount)
            }.sorted { $0.trial.confusionCount > $1.trial.confusionCount }
        }
        let options = lists.map { list in
            list.map { entry in
                BudgetedSelection.Option(
                    cost: entry.cost,
                    worth: entry.trial.recall ?? Double(1 - entry.trial.rule.on) / 2
                )
            }
        }
        guard let choices = BudgetedSelection(options, budget: budget).best(within: budget) else {
            return nil
        }
        return Dictionary(
            uniqueKeysWithValues: classNames.indices.map { index in
                (classNames[index], lists[index][choices[index]].trial.rule)
            }
        )
    }
}

extension EventReplay {
    /// The same with every class's rule changed.
    func changing(_ change: (inout ClassRule) -> Void) -> EventReplay {
        var settings = settings.spelledOut(for: classNames)
        for name in classNames {
            change(&settings.classes[name, default: ClassRule()])
        }
        return EventReplay(classNames: classNames, settings: settings)
    }

    /// The same with other rules for the classes named.
    func withRules(_ rules: [String: ClassRule]) -> EventReplay {
        var settings = settings.spelledOut(for: classNames)
        settings.classes.merge(rules) { $1 }
        return EventReplay(classNames: classNames, settings: settings)
    }
}

extension ClassRule {
    /// What a search may have changed, as it stands in `model.yaml`.
    var fileEntries: [(key: String, value: String)] {
        let windows =
            smoothing == .mean ? "\(smoothingWindows)" : "\(smoothing.rawValue) \(smoothingWindows)"
        var entries = [
            ("smoothing", windows), ("on", String(format: "%g", on)),
            ("off", String(format: "%.3g", off)),
            ("min_duration_s", String(format: "%g", minDurationSeconds)),
        ]
        if (confirmationHits, confirmationWindows) != (1, 1) {
            entries.append(("confirmation", "\(confirmationHits) of \(confirmationWindows)"))
        }
        return entries
    }
}
