package import Detection

/// What a file says of how one class's scores become events; nil: the file does not say.
///
/// A model states such overlays for its classes, the configuration for single classes or for all,
/// and each lies over the one before.
package struct ClassRuleOverlay: Equatable, Sendable {
    /// Whether the class is reported.
    package var isEnabled: Bool?
    /// How the scores of several windows become the smoothed score.
    package var smoothing: WindowSmoothing?
    /// The smoothed score at which an event opens.
    package var on: Float?
    /// The smoothed score under which it closes.
    package var off: Float?
    /// Events shorter than this are dropped, in seconds.
    package var minDurationSeconds: Double?
    /// Sounds nearer to one another than this become one event, in seconds.
    package var mergeGapSeconds: Double?
    /// How many of the last smoothed scores must have reached `on`.
    package var confirmation: WindowConfirmation?
    /// An event is ended when it has lasted this long, in seconds; `.some(nil)`: never.
    package var maxDurationSeconds: Double??
    /// How long after the end of an event no other begins, in seconds.
    package var coolDownSeconds: Double?
    /// The classes that suppress this one.
    package var suppressedBy: Set<String>?

    /// Creates the overlay that changes nothing.
    package init() {}

    /// Lays what this overlay says over a rule.
    ///
    /// An overlay that moves `on` without a word about `off` moves `off` in proportion, so that
    /// the rule keeps its hysteresis and `off` never comes to lie above `on`.
    package func applied(to rule: ClassRule) -> ClassRule {
        var result = rule
        result.isEnabled = isEnabled ?? rule.isEnabled
        result.minDurationSeconds = minDurationSeconds ?? rule.minDurationSeconds
        result.mergeGapSeconds = mergeGapSeconds ?? rule.mergeGapSeconds
        result.maxDurationSeconds = maxDurationSeconds ?? rule.maxDurationSeconds
        result.coolDownSeconds = coolDownSeconds ?? rule.coolDownSeconds
        result.suppressedBy = suppressedBy ?? rule.suppressedBy
        if let smoothing {
            result.smoothing = smoothing.kind
            result.smoothingWindows = smoothing.windows
        }
        if let confirmation {
            result.confirmationHits = confirmation.hits
            result.confirmationWindows = confirmation.windows
        }
        if let on {
            result.on = on
            result.off = rule.on > 0 ? min(on, rule.off * on / rule.on) : 0
        }
        if let off {
            result.off = min(off, result.on)
        }
        return result
    }
}
