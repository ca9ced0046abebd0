import Detection
import Evaluation
import Foundation
import Monitor

/// Thresholds and lengths, chosen on other recordings.
extension Measurement {
    func approaches() async -> [Approach] {
        let (choosing, measuring) = (heard(tune), heard(test))
        let plain = replay.changing { rule in
            let isEnabled = rule.isEnabled
            rule = ClassRule()
            rule.isEnabled = isEnabled
            (rule.on, rule.off, rule.minDurationSeconds) = (0.8, 0.8, 0)
        }
        let one = await RuleSearch.thresholds.concurrentMap(jobs: jobs) { threshold in
            Approach.Point(
                setting: "threshold \(threshold)",
                figures: DecisionFigures(measuring, plain.withThreshold(threshold))
            )
        }
        var approaches = [
            Approach(name: "one threshold, mean of 3 windows", points: one),
            await approach(
                "a threshold for each class, mean of 3 windows",
                plain.changing { $0.off = $0.on * 0.6 },
                [{ _ in }],
                choosing,
                measuring
            ),
            await approach(
                "threshold and length for each class",
                replay,
                RuleSearch.lengths,
                choosing,
                measuring
            ),
        ]
        for score in FamiliarityScore.allCases {
            guard let fit = rejection(by: score) else { continue }
            var settings = settings.detection
            settings.leastFamiliarity = fit.threshold
            approaches.append(
                await approach(
                    "the same and rejection by \(score.rawValue)",
                    replay.with(settings),
                    RuleSearch.lengths,
                    heard(tune, familiarity: score),
                    heard(test, familiarity: score)
                )
            )
        }
        return approaches
    }

    func approach(
        _ name: String,
        _ replay: EventReplay,
        _ lengths: [@Sendable (inout ClassRule) -> Void],
        _ choosing: AccuracySet,
        _ measuring: AccuracySet
    ) async -> Approach {
        let search = await RuleSearch.run(
            on: choosing,
            replay: replay,
            lengths: lengths,
            jobs: jobs
        )
        let chosen = Self.choices.compactMap { choice in
            search.rules(within: choice.budget, caution: choice.caution).map { (choice, $0) }
        }
        let points = await chosen.concurrentMap(jobs: jobs) { choice, rules in
            Approach.Point(
                setting: Self.words(choice),
                figures: DecisionFigures(measuring, replay.withRules(rules))
            )
        }
        return Approach(name: name, points: points)
    }

    static func words(_ choice: (budget: Double, caution: Int)) -> String {
        "\(String(format: "%g", choice.budget))/h, \(choice.caution) step(s) of caution"
    }
}

extension EventReplay {
    func with(_ settings: DetectionSettings) -> EventReplay {
        EventReplay(classNames: classNames, settings: settings)
    }
}
