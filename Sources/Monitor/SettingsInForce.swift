import Detection
package import Messages
package import ModelLibrary
package import Settings

/// The configuration in force in the running monitor, and the only place that changes it.
package actor SettingsInForce {
    private var learnt: LearntInForce
    private let overridesPath: String
    private let load: @Sendable () throws -> MonitorConfiguration
    private let loadModels: @Sendable (MonitorConfiguration) throws -> [SoundModel]
    private let apply: @Sendable ([AnalysisSettings], MonitorConfiguration) -> Void
    private let use: @Sendable ([SoundModel], [AnalysisSettings]) -> Void
    private var configuration: MonitorConfiguration
    /// What the service started with, and what stays in force where a restart is needed.
    private let started: MonitorConfiguration
    /// Warnings since the start, one line each, such as damaged state.
    private var startRemarks: [String]

    /// Takes over the configuration that the service started with.
    ///
    /// - Parameters:
    ///   - configuration: The configuration.
    ///   - learnt: The models in use, with what was learnt for them.
    ///   - overridesPath: The file of thresholds that were set by command.
    ///   - remarks: Warnings found at the start, one line each.
    ///   - load: Reads the configuration again, with everything the command line said.
    ///   - loadModels: Loads the models that a configuration names, to see whether they can be.
    ///   - use: Goes on with the same models and other learnt sounds.
    ///   - apply: Puts a changed configuration in force; gets its settings for each model too.
    package init(
        configuration: MonitorConfiguration,
        learnt: LearntInForce,
        overridesPath: String,
        remarks: [String] = [],
        load: @escaping @Sendable () throws -> MonitorConfiguration,
        loadModels: @escaping @Sendable (MonitorConfiguration) throws -> [SoundModel],
        use: @escaping @Sendable ([SoundModel], [AnalysisSettings]) -> Void = { _, _ in },
        apply: @escaping @Sendable ([AnalysisSettings], MonitorConfiguration) -> Void
    ) {
        self.configuration = configuration
        started = configuration
        self.learnt = learnt
        self.overridesPath = overridesPath
        startRemarks = remarks
        self.load = load
        self.loadModels = loadModels
        self.use = use
        self.apply = apply
    }

    /// The models in use, with what was learnt for them.
    private var models: [SoundModel] { learnt.models }

    /// The configuration in force, a setting a line, each with where it came from.
    package var listing: String {
        configuration.shownSettings().map { "\($0.key): \($0.value)  # \($0.origin)\n" }.joined()
    }

    /// The thresholds in force, model by model, in each model's order.
    package func thresholds() throws(ControlError) -> [ThresholdMessage] {
        let settings = try controlled {
            try configuration.analysisSettings(for: models, refusesUnknown: false)
        }
        return zip(models, settings).flatMap { model, settings in
            model.thresholdClasses.map { soundClass in
                let rule = settings.detection.rule(for: soundClass.name)
                return ThresholdMessage(
                    className: soundClass.name,
                    label: soundClass.label,
                    model: model.name,
                    on: Double(rule.on),
                    off: Double(rule.off),
                    isReported: settings.detection.reports(soundClass.name),
                    origin: configuration.thresholdOrigin(of: soundClass.name, in: model),
                    isSwitchable: settings.detection.canSwitch(soundClass.name),
                    isSwitched: configuration.thresholds
                        .change(of: soundClass.name, in: model.name).isReported != nil
                )
            }
        }
    }

    /// The rules in force.
    func ruleOfClasses() throws(ControlError) -> [ModelClass: ClassRule] {
        let settings = try controlled {
            try configuration.analysisSettings(for: models, refusesUnknown: false)
        }
        let rules = zip(models, settings).flatMap { model, settings in
            model.thresholdClasses.map {
                (ModelClass(model.name, $0.name), settings.detection.rule(for: $0.name))
            }
        }
        return Dictionary(rules) { first, _ in first }
    }

    /// The model whose class is meant, and how its scores are judged.
    ///
    /// - Parameters:
    ///   - className: The class.
    ///   - model: The model whose class is meant; nil where a single one has it.
    /// - Returns: The model's name and its settings in force.
    /// - Throws: ``ControlError`` when there is no such class, or it is not clear whose it is.
    package func judgedModel(
        of className: String,
        named model: String? = nil
    ) throws(ControlError) -> JudgedModel {
        let owner = try owner(of: className, named: model)
        let settings = try controlled {
            try configuration.analysisSettings(for: models, refusesUnknown: false)
        }
        let index = models.firstIndex { $0.name == owner.name } ?? 0
        return JudgedModel(
            name: owner.name,
            settings: settings[index].detection,
            isVerified: configuration.detection.verify.model.map { $0 != owner.name } ?? false
        )
    }

    /// Sets a class's threshold or switches it on or off, and stores it.
    ///
    /// - Parameters:
    ///   - className: The class.
    ///   - model: The model whose class is meant; nil where a single one has it.
    ///   - change: What is to hold.
    /// - Returns: What holds now.
    /// - Throws: ``ControlError`` when there is no such class, it is not clear whose
    ///   it is, the value is out of range or the file can't be written; nothing is changed then.
    package func setThreshold(
        _ className: String,
        of model: String? = nil,
        to change: ThresholdChange
    ) throws(ControlError) -> ThresholdMessage {
        let owner = try owner(of: className, named: model)
        if let on = change.on, !(0...1).contains(on) {
            throw ControlError.invalidValue(
                "A threshold of \(on) is not allowed. Give a number between 0 and 1."
            )
        }
        if change.isReported != nil { try requireSwitch(of: className, in: owner) }
        configuration.thresholds = try controlled {
            try ThresholdOverrides.set(
                className,
                of: model,
                to: ClassChange(on: change.on.map { Float($0) }, isReported: change.isReported),
                in: overridesPath,
                lastGood: configuration.thresholds
            )
        }
        try putInForce()
        guard
            let message = try thresholds().first(where: {
                $0.className == className && $0.model == owner.name
            })
        else {
            throw ControlError.unknownClass(name: className, known: owner.thresholdClassNames)
        }
        return message
    }

    /// Takes back what was set for a class, or for all, of a model, or of all.
    ///
    /// - Parameters:
    ///   - className: The class; nil: all of them.
    ///   - model: The model whose classes are meant; nil: those of every model.
    /// - Returns: What holds now for the classes that are meant.
    /// - Throws: As ``setThreshold(_:of:to:)``; a class of several models is not an error.
    package func resetThreshold(
        _ className: String?,
        of model: String? = nil
    ) throws(ControlError) -> [ThresholdMessage] {
        let meant = try models(named: model)
        let names = className.map { [$0] } ?? meant.flatMap(\.thresholdClassNames)
        if let className { try requireClass(className, in: meant) }
        configuration.thresholds = try controlled {
            // Without any name also what was set for models that are not in use is meant.
            guard className != nil || model != nil else {
                return try ThresholdOverrides.resetAll(in: overridesPath)
            }
            return try ThresholdOverrides.reset(
                names,
                of: model,
                others: { name in
                    models.filter { $0.name != model && $0.thresholdClassNames.contains(name) }
                        .map(\.name)
                },
                in: overridesPath,
                lastGood: configuration.thresholds
            )
        }
        try putInForce()
        return try thresholds().filter {
            (className == nil || $0.className == className) && (model == nil || $0.model == model)
        }
    }

    /// Reads the configuration and what was learnt again, and puts in force what can be without losing
    /// a sample.
    ///
    /// Thresholds that were set by command stay in force if their file is damaged by now.
    /// - Throws: What is wrong with the new one; the old one stays in force then.
    package func reload() throws(ControlError) -> ReloadMessage {
        var newer = try controlled(load)
        if newer.thresholds.damage != nil { restoreOverrides(in: &newer) }
        var newerLearnt = learnt
        // Other models come with the next start, at which they must not be found unusable.
        let (settings, sounds) = try controlled {
            let sounds = try newerLearnt.update()
            if newer.modelsInUse != started.modelsInUse {
                _ = try newer.analysisSettings(for: try loadModels(newer), refusesUnknown: false)
            }
            let models = newerLearnt.models
            return (try newer.analysisSettings(for: models, refusesUnknown: false), sounds)
        }
        let applied = configuration.changes(to: newer).filter(\.appliesLive).map(\.key)
        configuration = newer
        learnt = newerLearnt
        if !sounds.isEmpty { use(models, settings) }
        apply(settings, newer)
        return ReloadMessage(
            applied: applied + sounds.map(ReloadMessage.learnt),
            needsRestart: keysAwaitingRestart
        )
    }

    /// Warnings about settings and the start, one line each.
    package var remarks: [String] { startRemarks + settingsRemarks }

    /// What of the settings and of what was learnt is not in force or has no effect, a line each.
    package var settingsRemarks: [String] {
        overridesRemarks + learnt.remarks
            + configuration.settingsWithoutEffect(in: models.map(\.rules))
    }

    /// What of the file of thresholds set by command is not in force, or was set aside.
    package var overridesRemarks: [String] { configuration.overridesRemarks }

    /// Writes the thresholds in force over their damaged file, which is set aside.
    private func restoreOverrides(in newer: inout MonitorConfiguration) {
        let reason = newer.thresholds.damage ?? ""
        var restored = configuration.thresholds
        restored.replaceDamaged(overridesPath)
        newer.thresholds = restored
        startRemarks.append(
            "The thresholds set by command could not be reloaded (\(reason)); they stay as they "
                + "were."
        )
    }

    /// The settings that differ from what the service started with and take a restart.
    package var keysAwaitingRestart: [String] {
        started.changes(to: configuration).filter { !$0.appliesLive }.map(\.key)
    }

    // MARK: - Names

    /// The models that a name means; all without one.
    private func models(named name: String?) throws(ControlError) -> [SoundModel] {
        guard let name else { return models }
        guard let model = models.first(where: { $0.name == name }) else {
            throw ControlError.unknownModel(name: name, known: models.map(\.name))
        }
        return [model]
    }

    private func requireClass(_ name: String, in models: [SoundModel]) throws(ControlError) {
        let known = models.flatMap(\.thresholdClassNames)
        guard known.contains(name) else {
            var seen: Set<String> = []
            throw ControlError.unknownClass(
                name: name,
                known: known.filter { seen.insert($0).inserted }
            )
        }
    }

    /// Refuses to switch what a setting of its own switches.
    private func requireSwitch(
        of className: String,
        in model: SoundModel
    ) throws(ControlError) {
        let current = try thresholds().first {
            $0.className == className && $0.model == model.name
        }
        guard current?.isSwitchable != false else {
            throw .invalidValue(
                "'\(className)' is not switched by command. Set detection.unknown to on first."
            )
        }
    }

    /// The one model whose class is meant.
    private func owner(
        of className: String,
        named model: String?
    ) throws(ControlError) -> SoundModel {
        let meant = try models(named: model)
        try requireClass(className, in: meant)
        let owners = meant.filter { $0.thresholdClassNames.contains(className) }
        guard owners.count == 1 else {
            throw ControlError.ambiguousClass(name: className, models: owners.map(\.name))
        }
        return owners[0]
    }

    /// Maps an error of the configuration to the caller's error.
    private func controlled<Value>(_ body: () throws -> Value) throws(ControlError) -> Value {
        do {
            return try body()
        } catch {
            throw .failed("\(error)")
        }
    }

    private func putInForce() throws(ControlError) {
        let settings = try controlled {
            try configuration.analysisSettings(for: models, refusesUnknown: false)
        }
        apply(settings, configuration)
    }
}

extension SoundModel {
    /// The classes that can be events, which have a threshold.
    fileprivate var thresholdClasses: [SoundClass] { about.eventClasses.filter(\.isReported) }

    fileprivate var thresholdClassNames: [String] { thresholdClasses.map(\.name) }
}
