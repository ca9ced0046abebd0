package import SettingsSchema

/// The thresholds that were set by `earwitness thresholds set`: the file `overrides.yaml`.
package struct ThresholdOverrides: Equatable, Sendable {
    /// The smoothed score at which an event opens, 0...1, by class name.
    package private(set) var thresholds: [String: Float] = [:]
    /// Where in the file each threshold stood, by its key, such as `thresholds.rain`.
    package private(set) var positions: [String: DocumentPosition] = [:]

    private static let settings = SettingsTable<ThresholdOverrides>([
        .namedValues(
            "thresholds",
            \.thresholds,
            .number(in: 0...1),
            "The smoothed score at which an event of the class opens."
        )
    ])

    /// Creates the overrides that change nothing.
    package init() {}

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
    ///   - threshold: 0...1, already checked by the caller.
    ///   - path: The file.
    /// - Throws: What is wrong with the file as it is, or why it cannot be written.
    package static func set(
        _ className: String,
        to threshold: Float,
        in path: String
    )
        throws(ConfigurationError)
    {
        precondition((0...1).contains(threshold), "A threshold lies within 0...1.")
        var overrides = try read(path)
        overrides.thresholds[className] = threshold
        try overrides.write(path)
    }

    /// Removes the threshold of a class, or all of them, and writes the file.
    ///
    /// - Parameters:
    ///   - className: The class; nil: all classes.
    ///   - path: The file.
    /// - Throws: What is wrong with the file as it is, or why it cannot be written.
    package static func reset(_ className: String?, in path: String) throws(ConfigurationError) {
        var overrides = try read(path)
        if let className {
            overrides.thresholds[className] = nil
        } else {
            overrides.thresholds = [:]
        }
        try overrides.write(path)
    }

    private func write(_ path: String) throws(ConfigurationError) {
        let lines = thresholds.sorted { $0.key < $1.key }
            .map { "  \(Self.quoted($0.key)): \($0.value)\n" }
        let content = lines.isEmpty ? "thresholds: {}\n" : "thresholds:\n" + lines.joined()
        try TextFile.replace(
            path,
            with: "# Written by 'earwitness thresholds'; these values win over the configuration.\n"
                + content
        )
    }

    private static func quoted(_ name: String) -> String {
        let escaped = name.replacing("'", with: "''")
        return "'\(escaped)'"
    }
}
