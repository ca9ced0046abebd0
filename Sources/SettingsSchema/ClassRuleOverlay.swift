package import Detection

/// What a file says of how one class's scores become events; nil: the file does not say.
///
/// A model states such overlays for its classes, the configuration for single classes or for all,
/// and each lies over the one before.
package struct ClassRuleOverlay: Equatable, Sendable {
    /// Whether the class is reported.
    package var isEnabled: Bool?
    /// The number of windows whose mean is the smoothed score.
    package var smoothingWindows: Int?
    /// The smoothed score at which an event opens.
    package var on: Float?
    /// The smoothed score under which it closes.
    package var off: Float?
    /// Events shorter than this are dropped, in seconds.
    package var minDurationSeconds: Double?
    /// Sounds nearer to one another than this become one event, in seconds.
    package var mergeGapSeconds: Double?

    /// Creates the overlay that changes nothing.
    package init() {}

    /// Lays what this overlay says over a rule.
    ///
    /// An overlay that moves `on` without a word about `off` moves `off` in proportion, so that
    /// the rule keeps its hysteresis and `off` never comes to lie above `on`.
    package func applied(to rule: ClassRule) -> ClassRule {
        var result = rule
        result.isEnabled = isEnabled ?? rule.isEnabled
        result.smoothingWindows = smoothingWindows ?? rule.smoothingWindows
        result.minDurationSeconds = minDurationSeconds ?? rule.minDurationSeconds
        result.mergeGapSeconds = mergeGapSeconds ?? rule.mergeGapSeconds
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
