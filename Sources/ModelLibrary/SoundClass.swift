package import Detection
package import Settings

/// One class of sound that a model knows: an element of `classes` in `model.yaml`.
package struct SoundClass: Equatable, Sendable {
    /// The name in files, queries and settings, such as `dog_bark`.
    package var name: String
    /// The name for people, such as `Dog bark`.
    package var label: String
    /// Whether events of the class say something about people; their sound is not kept.
    package var isPrivate: Bool
    /// Whether the class can be reported at all; false for one that only collects other sounds.
    package var isReported: Bool
    /// Whether the class is reported unless the configuration says otherwise.
    package var isEnabled: Bool
    /// How the class's score becomes a probability that can be believed.
    package var calibration: LogisticCalibration
    /// How scores of the class become events, over the rule for all classes.
    package var rule: ClassRuleOverlay

    /// Creates the class from its parts.
    package init(
        name: String = "",
        label: String = "",
        isPrivate: Bool = false,
        isReported: Bool = true,
        isEnabled: Bool = true,
        calibration: LogisticCalibration = LogisticCalibration(),
        rule: ClassRuleOverlay = ClassRuleOverlay()
    ) {
        self.name = name
        self.label = label
        self.isPrivate = isPrivate
        self.isReported = isReported
        self.isEnabled = isEnabled
        self.calibration = calibration
        self.rule = rule
    }
}
