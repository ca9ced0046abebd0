import Detection
package import ModelLibrary
package import MonitorConfiguration
package import MonitorMessages

/// The configuration that the running monitor obeys, and the only place that changes it.
package actor SettingsInForce {
    private let model: SoundModel
    private let overridesPath: String
    private let load: @Sendable () throws -> MonitorConfiguration
    private let apply: @Sendable (AnalysisSettings, MonitorConfiguration) -> Void
    private var configuration: MonitorConfiguration
    /// What the service started with, and what stays in force where a restart is needed.
    private let started: MonitorConfiguration

    /// Takes over the configuration that the service started with.
    ///
    /// - Parameters:
    ///   - configuration: The configuration.
    ///   - model: The model in use.
    ///   - overridesPath: The file of thresholds that were set by command.
    ///   - load: Reads the configuration again, with everything the command line said.
    ///   - apply: Puts a changed configuration in force; gets its settings for the model too.
    package init(
        configuration: MonitorConfiguration,
        model: SoundModel,
        overridesPath: String,
        load: @escaping @Sendable () throws -> MonitorConfiguration,
        apply: @escaping @Sendable (AnalysisSettings, MonitorConfiguration) -> Void
    ) {
        self.configuration = configuration
        started = configuration
        self.model = model
        self.overridesPath = overridesPath
        self.load = load
        self.apply = apply
    }

    /// The thresholds in force, in the model's order.
    package func thresholds() throws(ControlError) -> [ThresholdMessage] {
        let rules = try controlled { try configuration.analysisSettings(for: model).detection }
        return eventClasses.map { soundClass in
            let rule = rules.rule(for: soundClass.name)
            return ThresholdMessage(
                className: soundClass.name,
                label: soundClass.label,
                on: Double(rule.on),
                off: Double(rule.off),
                isReported: rules.reports(soundClass.name),
                origin: configuration.thresholdOrigin(of: soundClass.name, in: model)
            )
        }
    }

    /// Changes a class's threshold at once and for good.
    ///
    /// - Throws: ``MonitorMessages/ControlError`` when there is no such class, the value is out of
    ///   range or the file can't be written; nothing is changed then.
    package func setThreshold(
        _ className: String,
        to change: ThresholdChange
    ) throws(ControlError) -> ThresholdMessage {
        try requireClass(className)
        guard (0...1).contains(change.on) else {
            throw ControlError.invalidValue(
                "A threshold of \(change.on) is not allowed. Give a number between 0 and 1."
            )
        }
        try controlled {
            try ThresholdOverrides.set(className, to: Float(change.on), in: overridesPath)
        }
        configuration.thresholds[className] = Float(change.on)
        try putInForce()
        guard let message = try thresholds().first(where: { $0.className == className }) else {
            throw ControlError.unknownClass(name: className, known: eventClasses.map(\.name))
        }
        return message
    }

    /// Takes back what was set for a class, or for all.
    ///
    /// - Throws: As ``setThreshold(_:to:)``.
    package func resetThreshold(
        _ className: String?
    ) throws(ControlError) -> [ThresholdMessage] {
        if let className { try requireClass(className) }
        try controlled { try ThresholdOverrides.reset(className, in: overridesPath) }
        if let className {
            configuration.thresholds[className] = nil
        } else {
            configuration.thresholds = [:]
        }
        try putInForce()
        return try thresholds().filter { className == nil || $0.className == className }
    }

    /// Reads the configuration again and obeys what can be obeyed without losing a sample.
    ///
    /// - Throws: What is wrong with the new one; the old one stays in force then.
    package func reload() throws(ControlError) -> ReloadMessage {
        let newer = try controlled(load)
        let settings = try controlled { try newer.analysisSettings(for: model) }
        let applied = configuration.changes(to: newer).filter(\.appliesLive).map(\.key)
        configuration = newer
        apply(settings, newer)
        return ReloadMessage(applied: applied, needsRestart: keysAwaitingRestart)
    }

    /// The classes that can be events.
    private var eventClasses: [SoundClass] {
        model.about.eventClasses.filter(\.isReported)
    }

    /// The settings that differ from what the service started with and take a restart.
    package var keysAwaitingRestart: [String] {
        started.changes(to: configuration).filter { !$0.appliesLive }.map(\.key)
    }

    private func requireClass(_ name: String) throws(ControlError) {
        let names = eventClasses.map(\.name)
        guard names.contains(name) else {
            throw ControlError.unknownClass(name: name, known: names)
        }
    }

    /// Tells what an error of the configuration means for whoever asked for the change.
    private func controlled<Value>(_ body: () throws -> Value) throws(ControlError) -> Value {
        do {
            return try body()
        } catch {
            throw .failed("\(error)")
        }
    }

    private func putInForce() throws(ControlError) {
        apply(try controlled { try configuration.analysisSettings(for: model) }, configuration)
    }
}
