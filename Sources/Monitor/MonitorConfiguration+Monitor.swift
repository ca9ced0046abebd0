package import AudioFiles
import Detection
package import EventStore
package import ModelLibrary
package import Settings

extension MonitorConfiguration {
    /// How sources are judged with a model under this configuration.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - refusesUnknown: Whether names that it does not have are an error.
    /// - Returns: The settings.
    /// - Throws: When the configuration names classes that the model does not have.
    package func analysisSettings(
        for model: SoundModel,
        refusesUnknown: Bool = true
    ) throws(ConfigurationError) -> AnalysisSettings {
        try analysisSettings(for: [model], refusesUnknown: refusesUnknown)[0]
    }

    /// How sources are judged with models under this configuration.
    ///
    /// - Parameters:
    ///   - models: The models.
    ///   - refusesUnknown: Whether names that none of them has are an error, as they are where
    ///     these are the models that the configuration itself names.
    /// - Returns: The settings of each model.
    /// - Throws: When the configuration names classes or models that are not there.
    package func analysisSettings(
        for models: [SoundModel],
        refusesUnknown: Bool = true
    ) throws(ConfigurationError) -> [AnalysisSettings] {
        let all = try detectionSettings(
            for: models.map(\.rules),
            refusesUnknown: refusesUnknown
        )
        return zip(models, all).map { model, settings in
            var settings = settings
            settings.collectors = model.about.collectors
            settings.leastFamiliarity =
                detection.rejectsUnfamiliar ? model.about.openSet.threshold : nil
            settings.reportsUnknown = detection.reportsUnknown
            // An alarm is heard under a steady noise that keeps the gate closed.
            let gate = model.about.hasCadences ? .open : gate
            return AnalysisSettings(gate: gate, detection: settings)
        }
    }

    /// Where the threshold of a model's class comes from, for people.
    package func thresholdOrigin(of className: String, in model: SoundModel) -> String {
        if thresholds.threshold(of: className, in: model.name) != nil { return "set by command" }
        let own = "detection.models.\(model.name)"
        let keys = [
            "\(own).classes.\(className).on", "detection.classes.\(className).on", "\(own).on",
            "detection.on",
        ]
        for key in keys {
            let origin = origin(of: key)
            if origin != .builtIn { return origin.description }
        }
        return "model \(model.name)"
    }
}

extension SoundModel {
    /// What the configuration needs to know of the model.
    package var rules: ModelRules {
        ModelRules(
            name: name,
            rules: ClassRules(all: about.rule, classes: about.classRules),
            classNames: about.eventClasses.map(\.name),
            hopSeconds: about.hopSeconds
        )
    }
}

extension StorageSettings {
    /// How long the history is kept.
    package var retention: RetentionPolicy {
        RetentionPolicy(
            eventDays: retentionDays,
            scoreDays: scoreDays,
            printDays: printDays,
            levelDays: levelDays,
            maxBytes: maxSizeBytes
        )
    }

    /// How often the whole history is checked; nil: only when it is opened.
    package var checkInterval: Duration? { checkHours.map { .seconds($0 * 3_600) } }
}

extension ClipSettings.Format {
    /// The format of the file.
    package var recordingFormat: RecordingFormat {
        switch self {
        case .flac: .flac16
        case .flac24: .flac24
        case .wav: .wav16
        case .wav24: .wav24
        }
    }
}

extension RecordingFormat {
    /// What a sample takes without compression, in bytes.
    var bytesPerSample: Int {
        switch self {
        case .flac16, .wav16: 2
        case .flac24, .wav24: 3
        case .wavFloat: 4
        }
    }
}
