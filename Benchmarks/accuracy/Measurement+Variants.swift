import Detection
import Evaluation
import ModelLibrary
import Monitor

/// The decision with and without each of its stages.
extension Measurement {
    struct Variant: Sendable {
        let name: String
        let set: AccuracySet
        let replay: EventReplay
    }

    func variants() -> [Variant] {
        let gated = heard(test)
        let base = settings.detection
        var variants = [
            Variant(name: "all stages, as the model decides", set: gated, replay: replay),
            Variant(name: "without the gate", set: heard(test, isGated: false), replay: replay),
            Variant(
                name: "gate \(Int(Self.floorMarginDB)) dB over the noise floor",
                set: heard(test, gate: followingGate),
                replay: replay
            ),
        ]
        for stage in DecisionStage.allCases {
            if stage.isUsed(by: base, classNames: names) {
                variants.append(
                    Variant(
                        name: "without \(stage.rawValue)",
                        set: gated,
                        replay: replay.with(stage.removed(from: base, classNames: names))
                    )
                )
            } else if let added = stage.added(to: base, classNames: names) {
                variants.append(
                    Variant(
                        name: "with \(stage.rawValue): \(added.words)",
                        set: gated,
                        replay: replay.with(added.settings)
                    )
                )
            }
        }
        return variants + rejecting()
    }

    func rejecting() -> [Variant] {
        FamiliarityScore.allCases.compactMap { score in
            guard let fit = rejection(by: score) else { return nil }
            var settings = settings.detection
            settings.leastFamiliarity = fit.threshold
            let share = MarkdownTable.number(fit.rejectedShare * 100, 0)
            return Variant(
                name: "with rejection: \(score.rawValue) under "
                    + "\(MarkdownTable.number(Double(fit.threshold), 2)) (\(share) % of windows)",
                set: heard(test, familiarity: score),
                replay: replay.with(settings)
            )
        }
    }

    func figures(of variants: [Variant]) async -> [DecisionFigures] {
        await variants.concurrentMap(jobs: jobs) { variant in
            DecisionFigures(variant.set, variant.replay, withPSDS: true)
        }
    }
}
