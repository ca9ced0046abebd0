import Detection
import Settings

extension SoundClass {
    /// The class of the sounds of no known class, which no network has a score for.
    ///
    /// It needs long and clear evidence: every known sound has beginnings and ends that are like
    /// nothing. What it is may well be somebody's voice, so that its sound is not kept.
    package static let unknown: SoundClass = {
        var rule = ClassRuleOverlay()
        rule.smoothing = WindowSmoothing(kind: .mean, windows: 9)
        rule.on = 0.7
        rule.off = 0.5
        rule.minDurationSeconds = 1
        rule.mergeGapSeconds = 2
        return SoundClass(
            name: DetectionSettings.unknownClassName,
            label: "Unknown sound",
            isPrivate: true,
            rule: rule
        )
    }()
}
