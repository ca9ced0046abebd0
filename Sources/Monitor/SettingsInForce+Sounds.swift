import Detection
package import Messages

extension SettingsInForce {
    /// Every class that can be heard with its rule in force, model by model.
    package func sounds() throws(ControlError) -> [SoundMessage] {
        let rules = try ruleOfClasses()
        return try thresholds().map { threshold in
            let rule = rules[ModelClass(threshold.model, threshold.className)] ?? ClassRule()
            return SoundMessage(threshold: threshold, rule: SoundRuleMessage(rule))
        }
    }
}

extension SoundRuleMessage {
    /// The rule as the API gives it.
    init(_ rule: ClassRule) {
        self.init(
            on: Double(rule.on),
            off: Double(rule.off),
            minDurationSeconds: rule.minDurationSeconds,
            mergeGapSeconds: rule.mergeGapSeconds,
            coolDownSeconds: rule.coolDownSeconds,
            maxDurationSeconds: rule.maxDurationSeconds,
            smoothingWindows: rule.smoothingWindows,
            confirmationHits: rule.confirmationHits,
            confirmationWindows: rule.confirmationWindows
        )
    }
}

/// A class of a model, by their names.
struct ModelClass: Hashable {
    let model: String
    let className: String

    init(_ model: String, _ className: String) {
        self.model = model
        self.className = className
    }
}
