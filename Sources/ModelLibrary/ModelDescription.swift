package import Detection
package import LogMelFeatures
package import Settings

/// The content of a model's `model.yaml`.
package struct ModelDescription: Equatable, Sendable {
    /// The name under which events refer to the model, such as `household-1`.
    package var name = ""
    /// The version of the model.
    package var version = ""
    /// What the model is for, in a sentence or a few.
    package var summary = ""
    /// What the network computes from sound.
    package var frontEnd = FrontEnd()
    /// The network's names and sizes.
    package var network = NetworkDescription()
    /// How scores become events, for all classes.
    package var rule = ClassRuleOverlay()
    /// What the logits of all classes are divided by before anything else.
    package var calibration = TemperatureDescription()
    /// When a window is of no known class.
    package var openSet = OpenSetDescription()
    /// The classes in the order of the network's scores.
    package var classes: [SoundClass] = []
    /// Where the model came from.
    package var provenance = ModelProvenance()
    /// How well it does.
    package var metrics: [ModelMetric] = []

    /// Creates the description of nothing.
    package init() {}

    /// What the model says of single classes, by class name.
    package var classRules: [String: ClassRuleOverlay] {
        var rules: [String: ClassRuleOverlay] = [:]
        for soundClass in eventClasses {
            rules[soundClass.name] = soundClass.rule
            if !soundClass.isEnabled, soundClass.rule.isEnabled == nil {
                rules[soundClass.name]?.isEnabled = false
            }
        }
        return rules
    }

    /// The classes that events may have: the model's and, last, that of unknown sounds.
    package var eventClasses: [SoundClass] { classes + [.unknown] }

    /// The classes that only collect other sounds.
    package var collectors: Set<String> {
        Set(classes.filter { !$0.isReported }.map(\.name))
    }

    /// How scores become probabilities that can be believed.
    package var scoreCalibration: ScoreCalibration {
        ScoreCalibration(
            temperature: calibration.temperature,
            classes: classes.map { soundClass in
                soundClass.calibration == LogisticCalibration() ? nil : soundClass.calibration
            }
        )
    }
}
