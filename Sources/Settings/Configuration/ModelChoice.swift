import Foundation
package import Platform

/// Which models listen, to be written into a configuration.
package struct ModelChoice: Equatable, Sendable {
    /// The models by name or path, at least one.
    package var models: [String]
    /// The source that they are for; nil: every one without models of its own.
    package var source: String?

    /// Joins the two.
    package init(models: [String], source: String? = nil) {
        self.models = models
        self.source = source
    }

    /// The file in which the choice takes effect.
    ///
    /// - Parameters:
    ///   - configuration: What is in force.
    ///   - main: The configuration file, for a choice that no file makes yet.
    /// - Returns: The file that makes the choice now, be it a drop-in, or the main one.
    /// - Throws: That no file has the source.
    package func place(
        in configuration: MonitorConfiguration,
        at main: ConfigurationPath
    ) throws(ConfigurationError) -> ModelChoicePlace {
        var keys = ["models", "model"]
        if let source {
            let index = configuration.sources.firstIndex { $0.name == source } ?? 0
            keys = ["sources[\(index)].name"]
        }
        for key in keys {
            guard case .file(let position) = configuration.origin(of: key) else { continue }
            return ModelChoicePlace(path: position.file)
        }
        guard source == nil else {
            throw .unchangeable(
                path: main.path,
                reason: "the source '\(source ?? "")' is not in the file"
            )
        }
        return ModelChoicePlace(path: main.path)
    }

    /// Makes the choice in the text of a configuration and leaves everything else as it is.
    ///
    /// - Parameters:
    ///   - text: The text of the file.
    ///   - file: Its path, for messages.
    /// - Returns: The new text.
    /// - Throws: That the text can't be changed safely, with the line to write by hand.
    package func applied(
        to text: String,
        file: String
    ) throws(ConfigurationError) -> String {
        let refusal = ConfigurationError.unchangeable(
            path: file,
            reason: "its form does not allow it; write '\(setting)' "
                + (source.map { "under the source '\($0)'" } ?? "there") + " by hand"
        )
        guard let before = MonitorConfiguration.read(text, file: file) else { throw refusal }
        var lines = ConfigurationLines(text)
        let isDone =
            if let source {
                lines.setModels(setting, ofSource: source, in: before.root)
            } else {
                lines.setModels(setting, in: before.root)
            }
        guard isDone,
            let after = MonitorConfiguration.read(lines.text, file: file),
            isAllThatChanges(from: before.configuration, to: after.configuration)
        else { throw refusal }
        return lines.text
    }

    /// The line of the file.
    private var setting: String {
        let names = models.map { name in
            ValueForm<String>.isName(name) ? name : "'\(name.replacing("'", with: "''"))'"
        }
        return source == nil && names.count == 1
            ? "model: \(names[0])" : "models: [\(names.joined(separator: ", "))]"
    }

    private func isAllThatChanges(
        from old: MonitorConfiguration,
        to new: MonitorConfiguration
    ) -> Bool {
        var expected = old
        if let source {
            guard let index = old.sources.firstIndex(where: { $0.name == source }) else {
                return false
            }
            expected.sources[index].models = models
        } else {
            expected.model = models.count == 1 ? models[0] : new.model
            expected.models = models.count == 1 ? nil : models
        }
        return new.changes(to: expected).isEmpty
    }
}

/// A file of the configuration that names models.
package struct ModelChoicePlace: Equatable, Sendable {
    /// The path of the file, which may be yet to be made.
    package let path: String

    /// The file's text with a choice made in it.
    ///
    /// - Throws: That it can't be read or changed safely.
    package func changedText(by choice: ModelChoice) throws(ConfigurationError) -> String {
        let text = TextFile.exists(path) ? try TextFile.read(path) : ""
        return try choice.applied(to: text, file: path)
    }

    /// Writes the file; one that is there keeps its mode and owner.
    ///
    /// - Throws: Why it can't be written.
    package func write(_ text: String) throws(FileWriteError) {
        try OutputFile.write(text, to: path, isDurable: true)
    }
}

extension MonitorConfiguration {
    /// Reads a single text over the defaults; nil if something in it is wrong.
    fileprivate static func read(
        _ text: String,
        file: String
    ) -> (root: YAMLNode, configuration: MonitorConfiguration)? {
        var configuration = MonitorConfiguration()
        var reading = DocumentReading()
        guard let root = try? YAMLReader.read(text, file: file, reading: &reading) else {
            return nil
        }
        settings.read(root, path: "", into: &configuration, reading: &reading)
        return reading.problems.isEmpty ? (root, configuration) : nil
    }

    /// Every model that the files name, with the key that names it.
    package var namedModels: [(name: String, key: String)] {
        let common =
            models.map { $0.map { ($0, "models") } } ?? [(model, "model")]
        let own = sources.enumerated().flatMap { index, source in
            (source.models ?? []).map { ($0, "sources[\(index)].models") }
        }
        // A common model that no source is left to is not in use.
        return (sources.contains { $0.models == nil } ? common : []) + own
            + (detection.verify.model.map { [($0, "detection.verify.model")] } ?? [])
    }
}

/// The lines of a configuration, changed one setting at a time.
struct ConfigurationLines {
    private var lines: [String]

    init(_ text: String) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    var text: String { lines.joined(separator: "\n") }

    /// Sets the models of all sources.
    ///
    /// - Returns: False if the text has a form that can't be changed.
    mutating func setModels(_ setting: String, in root: YAMLNode) -> Bool {
        guard case .mapping(let entries) = root.content else { return false }
        let old = entries.filter { ["model", "models"].contains($0.key) }
        guard old.allSatisfy({ $0.keyPosition.column == 1 }) else { return false }
        guard let first = old.first else {
            append(setting)
            return true
        }
        for entry in old.dropFirst().reversed() { lines.removeSubrange(range(of: entry)) }
        replace(first, by: setting, indent: 0)
        return true
    }

    /// Sets the models of one source.
    ///
    /// - Returns: False if the text has a form that can't be changed.
    mutating func setModels(_ setting: String, ofSource name: String, in root: YAMLNode) -> Bool {
        guard case .sequence(let elements)? = root.entry(at: "sources")?.value.content else {
            return false
        }
        for element in elements {
            guard case .mapping(let entries) = element.content,
                let named = entries.first(where: { $0.key == "name" }), named.value.text == name
            else { continue }
            if let old = entries.first(where: { $0.key == "models" }) {
                guard isBlock(old) else { return false }
                replace(old, by: setting, indent: old.keyPosition.column - 1)
                return true
            }
            guard isBlock(named) else { return false }
            let indent = String(repeating: " ", count: named.keyPosition.column - 1)
            lines.insert(indent + setting, at: range(of: named).upperBound)
            return true
        }
        return false
    }

    /// Whether nothing but indentation and the dash of a list stands before a key.
    private func isBlock(_ entry: YAMLNode.Entry) -> Bool {
        lines[entry.keyPosition.line - 1].prefix(entry.keyPosition.column - 1)
            .allSatisfy { $0 == " " || $0 == "-" }
    }

    /// Replaces a setting; the comment at its end and a dash before it stay.
    private mutating func replace(_ entry: YAMLNode.Entry, by setting: String, indent: Int) {
        let range = range(of: entry)
        let before = lines[range.lowerBound].prefix(indent)
        let comment =
            lines[range.upperBound - 1].range(of: " #").map {
                " " + lines[range.upperBound - 1][$0.lowerBound...]
            } ?? ""
        lines.replaceSubrange(range, with: [before + setting + comment])
    }

    /// Adds a setting behind the sample's line for it, else at the end.
    private mutating func append(_ setting: String) {
        if let sample = lines.firstIndex(where: {
            $0.hasPrefix("#model:") || $0.hasPrefix("# model:")
        }) {
            lines.insert(setting, at: sample + 1)
            return
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        lines += [setting, ""]
    }

    /// The lines of a key and its value.
    private func range(of entry: YAMLNode.Entry) -> Range<Int> {
        let first = entry.keyPosition.line - 1
        var end = max(first, Self.lastLine(of: entry.value) - 1) + 1
        // A list in brackets ends behind its last element.
        func isOpen() -> Bool {
            let text = lines[first..<end].joined()
            return text.count { $0 == "[" } > text.count { $0 == "]" }
        }
        while end < lines.count, isOpen() { end += 1 }
        return first..<end
    }

    private static func lastLine(of node: YAMLNode) -> Int {
        switch node.content {
        case .scalar: node.position.line
        case .sequence(let nodes): nodes.map(lastLine).max() ?? node.position.line
        case .mapping(let entries):
            entries.map { lastLine(of: $0.value) }.max() ?? node.position.line
        }
    }
}
