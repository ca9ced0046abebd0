import Detection
package import ModelLibrary
package import MonitorConfiguration
import SettingsSchema

extension MonitorConfiguration {
    /// How sources are judged with a model under this configuration.
    ///
    /// - Throws: When the configuration names classes that the model does not have.
    package func analysisSettings(
        for model: SoundModel
    ) throws(ConfigurationError)
        -> AnalysisSettings
    {
        var rules = try detectionSettings(
            modelRule: model.about.rule,
            modelClasses: model.about.classRules,
            classNames: model.about.eventClasses.map(\.name)
        )
        rules.collectors = model.about.collectors
        rules.leastFamiliarity = detection.rejectsUnfamiliar ? model.about.openSet.threshold : nil
        rules.reportsUnknown = detection.reportsUnknown
        return AnalysisSettings(gate: gate, detection: rules)
    }

    /// Where a class's threshold comes from, for people.
    package func thresholdOrigin(of className: String, in model: SoundModel) -> String {
        if thresholds[className] != nil { return "set by command" }
        for key in ["detection.classes.\(className).on", "detection.on"] {
            let origin = origin(of: key)
            if origin != .builtIn { return origin.description }
        }
        return "model \(model.name)"
    }
}
