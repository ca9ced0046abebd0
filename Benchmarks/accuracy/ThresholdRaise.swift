import Detection
import Evaluation

/// Raises the thresholds of a model's classes until each gives few enough false alarms.
///
/// A threshold begins where the model's recipe puts it and only goes up, so that a class of which the
/// recordings hold little keeps the threshold it has.
enum ThresholdRaise {
    /// The thresholds that are tried above the model's own.
    static let steps: [Float] = [
        0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.93, 0.95,
        0.97, 0.98, 0.99,
    ]

    /// The rules whose thresholds have to be higher than the model's own.
    ///
    /// - Parameters:
    ///   - recordings: Recordings, with what may be heard in them as reference.
    ///   - replay: The model's own rules.
    ///   - falseAlarmsPerHour: The most that each class may give.
    ///   - jobs: How many decisions are made at a time.
    /// - Returns: The lowest of ``steps`` that keeps within, or the highest, for each class whose
    ///   own threshold does not.
    static func rules(
        on recordings: [ScoredRecording],
        _ replay: EventReplay,
        within falseAlarmsPerHour: Double,
        jobs: Int
    ) async -> [String: ClassRule] {
        let most = Int(falseAlarmsPerHour * AccuracySet.hours(of: recordings))
        let replays = [replay] + steps.map { atLeast($0, replay) }
        let counts = await replays.concurrentMap(jobs: jobs) { replay in
            ThresholdSweep.point(recordings, replay, threshold: 0).tallies
                .mapValues(\.falseAlarmCount)
        }
        var rules: [String: ClassRule] = [:]
        for name in replay.reportedClassNames {
            let first = counts.firstIndex { $0[name, default: 0] <= most } ?? replays.count - 1
            if first > 0 { rules[name] = replays[first].settings.rule(for: name) }
        }
        return rules
    }

    private static func atLeast(_ threshold: Float, _ replay: EventReplay) -> EventReplay {
        replay.withThresholds(
            Dictionary(
                uniqueKeysWithValues: replay.reportedClassNames.map { name in
                    (name, max(threshold, replay.settings.rule(for: name).on))
                }
            )
        )
    }
}
