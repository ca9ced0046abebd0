import Detection
import Evaluation
import ModelLibrary
import Monitor

/// A part of the decision that can be left out, to see what it is good for.
enum DecisionStage: String, CaseIterable, Sendable {
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
    func isUsed(by settings: DetectionSettings, classNames: [String]) -> Bool {
        removed(from: settings, classNames: classNames) != settings.spelledOut(for: classNames)
    }

    /// The settings without the stage.
    ///
    /// - Parameters:
    ///   - settings: Complete rules.
    ///   - classNames: The classes, each of which gets a rule of its own.
    /// - Returns: Rules that differ in this stage alone.
    func removed(
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
    func added(
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
    func spelledOut(for classNames: [String]) -> DetectionSettings {
        var settings = self
        for name in classNames {
            settings.classes[name] = rule(for: name)
        }
        return settings
    }
}

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
