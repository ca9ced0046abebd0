import Foundation
import Platform

/// What was set by `earwitness thresholds` and the API: the file `overrides.yaml`.
package struct ThresholdOverrides: Equatable, Sendable {
    /// What is set for classes, whatever the model.
    package private(set) var classes = ClassOverrides()
    /// What is set for single models' classes, by the model's name; it wins over that above.
    package private(set) var models: [String: ClassOverrides] = [:]
    /// Where in the file each value stood, by its key, such as `thresholds.rain`.
    package private(set) var positions: [String: DocumentPosition] = [:]
    /// Why nothing of the file can be used; nil if it can, or is not there.
    package private(set) var damage: String?
    /// What in the file is left out: keys of a later version, values that are not allowed.
    package private(set) var leftOut: [DocumentProblem] = []
    /// Where the old file was moved when it was last written, because part of it was invalid.
    package private(set) var asidePath: String?

    private static let settings = SettingsTable<ThresholdOverrides>(
        SettingsRow.inline(\.classes, ClassOverrides.settings) + [
            .named("models", \.models, of: ClassOverrides.settings, startingFrom: ClassOverrides())
        ]
    )

    /// Creates overrides; without anything, those that change nothing.
    package init(thresholds: [String: Float] = [:], models: [String: [String: Float]] = [:]) {
        classes.thresholds = thresholds
        self.models = models.mapValues { ClassOverrides(thresholds: $0) }
    }

    /// The thresholds that are set for classes, whatever the model.
    package var thresholds: [String: Float] { classes.thresholds }

    /// What is set for a class of a model.
    package func change(of className: String, in model: String) -> ClassChange {
        (models[model]?.change(of: className) ?? ClassChange())
            .filled(from: classes.change(of: className))
    }

    /// What is set as the threshold of a class of a model; nil if nothing is.
    package func threshold(of className: String, in model: String) -> Float? {
        change(of: className, in: model).on
    }

    /// Everything that is set, as it stands in the file, by its key, such as
    /// `models.birds.thresholds.rain`.
    var byKey: [String: String] {
        let all =
            ClassOverrides.settings.values(of: classes)
            + models.flatMap { ClassOverrides.settings.values(of: $1, path: "models.\($0)") }
        return Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0.text) })
    }

    /// Reads the overrides at `path`; empty if there is no such file.
    ///
    /// The program writes the file itself, and people seldom look at it: what can be read
    /// holds; ``damage`` and ``leftOut`` report the rest.
    package static func read(_ path: String) -> ThresholdOverrides {
        var overrides = ThresholdOverrides()
        if let obstacle = StateFile.obstacle(at: path) {
            overrides.damage = obstacle.reason
            return overrides
        }
        guard TextFile.exists(path) else { return overrides }
        let data = FileManager.default.contents(atPath: path)
        if let reason = data.flatMap(StateFile.emptiness) {
            overrides.damage = reason
            return overrides
        }
        guard let text = data.flatMap({ String(bytes: $0, encoding: .utf8) }) else {
            overrides.damage = data == nil ? "reading failed" : "it is not UTF-8 text"
            return overrides
        }
        overrides.parse(text, file: path)
        return overrides
    }

    private mutating func parse(_ text: String, file path: String) {
        var reading = DocumentReading()
        var found = ThresholdOverrides()
        do {
            let document = try YAMLReader.read(text, file: path, reading: &reading)
            guard case .mapping = document.content else {
                damage = "it begins with \(document.summary) instead of a section"
                return
            }
            Self.settings.read(document, path: "", into: &found, reading: &reading)
        } catch {
            damage = "line \(error.position.line) has \(error.found)"
            return
        }
        // A file with only unknown keys is from a later version, and undamaged.
        let refused = reading.problems.filter { !$0.isUnknownKey }
        if reading.positions.isEmpty, let first = refused.first {
            damage = "line \(first.position.line), \(first.key): found \(first.found)"
            return
        }
        self = found
        positions = reading.positions
        leftOut = reading.problems
    }

    /// The overrides with which a change begins: those of the file, or what was in force last if
    /// the file is damaged.
    private static func current(
        _ path: String,
        lastGood: ThresholdOverrides?
    ) -> ThresholdOverrides {
        var overrides = read(path)
        guard overrides.damage != nil, let lastGood else { return overrides }
        overrides.classes = lastGood.classes
        overrides.models = lastGood.models
        return overrides
    }

    /// Sets the threshold of a class and whether it is reported, and writes the file.
    ///
    /// - Parameters:
    ///   - className: The class.
    ///   - model: The model whose class is meant; nil: the class, whatever the model.
    ///   - change: What is set, already checked by the caller; what it leaves out stays as it is.
    ///   - path: The file; one that is not wholly understood is set aside first.
    ///   - lastGood: What was in force last, from which to go on if the file is damaged.
    /// - Returns: What the file says now.
    /// - Throws: Why it cannot be written.
    @discardableResult
    package static func set(
        _ className: String,
        of model: String? = nil,
        to change: ClassChange,
        in path: String,
        lastGood: ThresholdOverrides? = nil
    ) throws(ConfigurationError) -> ThresholdOverrides {
        precondition(
            change.on.map { (0...1).contains($0) } ?? true,
            "A threshold lies within 0...1."
        )
        var overrides = current(path, lastGood: lastGood)
        if let model {
            overrides.models[model, default: ClassOverrides()].set(change, of: className)
        } else {
            overrides.classes.set(change, of: className)
            // What was set for the class of one model would go before it.
            for name in overrides.models.keys {
                overrides.models[name]?.forget(change, of: className)
            }
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
    ///   - path: The file; one that is not wholly understood is set aside first.
    ///   - lastGood: What was in force last, from which to go on if the file is damaged.
    /// - Returns: What the file says now.
    /// - Throws: Why it cannot be written.
    @discardableResult
    package static func reset(
        _ classNames: [String],
        of model: String? = nil,
        others: (String) -> [String] = { _ in [] },
        in path: String,
        lastGood: ThresholdOverrides? = nil
    ) throws(ConfigurationError) -> ThresholdOverrides {
        var overrides = current(path, lastGood: lastGood)
        for className in classNames {
            if let model {
                overrides.narrow(className, to: others(className))
                overrides.models[model]?.remove(className)
            } else {
                overrides.classes.remove(className)
                for name in overrides.models.keys { overrides.models[name]?.remove(className) }
            }
        }
        try overrides.write(path)
        return overrides
    }

    /// Removes everything that was set and writes the file.
    ///
    /// - Parameter path: The file; one that is not wholly understood is set aside first.
    /// - Returns: What the file says now.
    /// - Throws: Why it cannot be written.
    @discardableResult
    package static func resetAll(in path: String) throws(ConfigurationError) -> ThresholdOverrides {
        var overrides = read(path)
        overrides.classes = ClassOverrides()
        overrides.models = [:]
        try overrides.write(path)
        return overrides
    }

    /// Turns what is set for a class, whatever the model, into the same for some models.
    private mutating func narrow(_ className: String, to names: [String]) {
        let general = classes.remove(className)
        guard general != ClassChange() else { return }
        for name in names {
            let own = models[name]?.change(of: className) ?? ClassChange()
            models[name, default: ClassOverrides()].set(own.filled(from: general), of: className)
        }
    }

    /// Writes these overrides over a damaged file, which is set aside, if that is possible.
    package mutating func replaceDamaged(_ path: String) {
        damage = "damaged"
        try? write(path)
        damage = nil
    }

    /// Writes the file and remembers it as whole; what could not be read of the old one is kept
    /// beside it.
    private mutating func write(_ path: String) throws(ConfigurationError) {
        if damage != nil || !leftOut.isEmpty {
            guard let aside = StateFile.setAside(path) else {
                throw .unwritable(path: path, reason: "the damaged file cannot be set aside")
            }
            (asidePath, damage, leftOut, positions) = (aside, nil, [], [:])
        }
        var content = Self.text(of: classes, indent: "")
        let sections = models.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
        if !sections.isEmpty { content += "models:\n" }
        for (name, set) in sections {
            content += "  \(Self.quoted(name)):\n" + Self.text(of: set, indent: "    ")
        }
        try TextFile.replace(
            path,
            with: "# Written by 'earwitness thresholds'; these values override the configuration.\n"
                + content
        )
    }

    private static func text(of set: ClassOverrides, indent: String) -> String {
        let switches =
            set.reported.isEmpty ? "" : section("reported", set.reported, indent: indent)
        return section("thresholds", set.thresholds, indent: indent) + switches
    }

    private static func section(
        _ key: String,
        _ values: [String: some CustomStringConvertible],
        indent: String
    ) -> String {
        guard !values.isEmpty else { return "\(indent)\(key): {}\n" }
        let lines = values.sorted { $0.key < $1.key }
            .map { "\(indent)  \(quoted($0.key)): \($0.value)\n" }
        return "\(indent)\(key):\n" + lines.joined()
    }

    private static func quoted(_ name: String) -> String {
        let escaped = name.replacing("'", with: "''")
        return "'\(escaped)'"
    }
}
