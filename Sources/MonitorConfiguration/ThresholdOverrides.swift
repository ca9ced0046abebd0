package import SettingsSchema

/// The thresholds that were set by `earwitness thresholds set`: the file `overrides.yaml`.
package struct ThresholdOverrides: Equatable, Sendable {
    /// The smoothed score at which an event opens, 0...1, by class name, whatever the model.
    package private(set) var thresholds: [String: Float] = [:]
    /// The thresholds of single models' classes, by the model's name; they win over those above.
    package private(set) var models: [String: ModelThresholds] = [:]
    /// Where in the file each threshold stood, by its key, such as `thresholds.rain`.
    package private(set) var positions: [String: DocumentPosition] = [:]

    private static let settings = SettingsTable<ThresholdOverrides>([
        .namedValues(
            "thresholds",
            \.thresholds,
            .number(in: 0...1),
            "The smoothed score at which an event of the class opens."
        ),
        .named(
            "models",
            \.models,
            of: ModelThresholds.settings,
            startingFrom: ModelThresholds()
        ),
    ])

    /// Creates overrides; without anything, those that change nothing.
    package init(thresholds: [String: Float] = [:], models: [String: ModelThresholds] = [:]) {
        self.thresholds = thresholds
        self.models = models
    }

    /// What is set for a class of a model; nil if nothing is.
    package func threshold(of className: String, in model: String) -> Float? {
        models[model]?.thresholds[className] ?? thresholds[className]
    }

    /// Everything that is set, by its key in the file, such as `models.birds.thresholds.rain`.
    var byKey: [String: Float] {
        var all = Dictionary(
            uniqueKeysWithValues: thresholds.map { ("thresholds.\($0.key)", $0.value) }
        )
        for (name, model) in models {
            for (className, threshold) in model.thresholds {
                all["models.\(name).thresholds.\(className)"] = threshold
            }
        }
        return all
    }

    /// Reads the overrides at `path`; none if there is no such file.
    package static func read(_ path: String) throws(ConfigurationError) -> ThresholdOverrides {
        guard TextFile.exists(path) else { return ThresholdOverrides() }
        let text = try TextFile.read(path)
        var reading = DocumentReading()
        var overrides = ThresholdOverrides()
        do {
            let document = try YAMLReader.read(text, file: path, reading: &reading)
            settings.read(document, path: "", into: &overrides, reading: &reading)
            overrides.positions = reading.positions
        } catch {
            reading.report(error)
        }
        guard reading.problems.isEmpty else { throw .invalid(reading.problems) }
        return overrides
    }

    /// Sets the threshold of a class and writes the file.
    ///
    /// - Parameters:
    ///   - className: The class.
    ///   - model: The model whose class is meant; nil: the class, whatever the model.
    ///   - threshold: 0...1, already checked by the caller.
    ///   - path: The file.
    /// - Returns: What the file says now.
    /// - Throws: What is wrong with the file as it is, or why it cannot be written.
    @discardableResult
    package static func set(
        _ className: String,
        of model: String? = nil,
        to threshold: Float,
        in path: String
    ) throws(ConfigurationError) -> ThresholdOverrides {
        precondition((0...1).contains(threshold), "A threshold lies within 0...1.")
        var overrides = try read(path)
        if let model {
            overrides.models[model, default: ModelThresholds()].thresholds[className] = threshold
        } else {
            overrides.thresholds[className] = threshold
        }
        try overrides.write(path)
        return overrides
    }

    /// Removes what was set for classes and writes the file.
    ///
    /// - Parameters:
    ///   - classNames: The classes.
    ///   - model: The model whose classes are meant; nil: the classes, whatever the model.
    ///   - others: The other models in use that have each class. What was set for the class,
    ///     whatever the model, stays in force for them.
    ///   - path: The file.
    /// - Returns: What the file says now.
    /// - Throws: What is wrong with the file as it is, or why it cannot be written.
    @discardableResult
    package static func reset(
        _ classNames: [String],
        of model: String? = nil,
        others: (String) -> [String] = { _ in [] },
        in path: String
    ) throws(ConfigurationError) -> ThresholdOverrides {
        var overrides = try read(path)
        for className in classNames {
            if let model {
                overrides.narrow(className, to: others(className))
                overrides.models[model]?.thresholds[className] = nil
            } else {
                overrides.thresholds[className] = nil
                for name in overrides.models.keys {
                    overrides.models[name]?.thresholds[className] = nil
                }
            }
        }
        try overrides.write(path)
        return overrides
    }

    /// Removes everything that was set and writes the file.
    ///
    /// - Parameter path: The file.
    /// - Returns: What the file says now.
    /// - Throws: What is wrong with the file as it is, or why it cannot be written.
    @discardableResult
    package static func resetAll(in path: String) throws(ConfigurationError) -> ThresholdOverrides {
        _ = try read(path)
        let overrides = ThresholdOverrides()
        try overrides.write(path)
        return overrides
    }

    /// Turns what is set for a class, whatever the model, into the same for some models.
    private mutating func narrow(_ className: String, to names: [String]) {
        guard let threshold = thresholds.removeValue(forKey: className) else { return }
        for name in names where models[name]?.thresholds[className] == nil {
            models[name, default: ModelThresholds()].thresholds[className] = threshold
        }
    }

    private func write(_ path: String) throws(ConfigurationError) {
        var content = Self.section(thresholds, indent: "")
        let sections = models.filter { !$0.value.thresholds.isEmpty }.sorted { $0.key < $1.key }
        if !sections.isEmpty { content += "models:\n" }
        for (name, model) in sections {
            content += "  \(Self.quoted(name)):\n" + Self.section(model.thresholds, indent: "    ")
        }
        try TextFile.replace(
            path,
            with: "# Written by 'earwitness thresholds'; these values win over the configuration.\n"
                + content
        )
    }

    private static func section(_ thresholds: [String: Float], indent: String) -> String {
        guard !thresholds.isEmpty else { return "\(indent)thresholds: {}\n" }
        let lines = thresholds.sorted { $0.key < $1.key }
            .map { "\(indent)  \(quoted($0.key)): \($0.value)\n" }
        return "\(indent)thresholds:\n" + lines.joined()
    }

    private static func quoted(_ name: String) -> String {
        let escaped = name.replacing("'", with: "''")
        return "'\(escaped)'"
    }
}
