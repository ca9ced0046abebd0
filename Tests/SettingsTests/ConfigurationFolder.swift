import Foundation

@testable import Settings

/// A folder of its own for one test, removed when the test is over.
final class ConfigurationFolder {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("earwitness-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file and returns its path.
    func write(_ text: String, to name: String = "earwitness.yaml") throws -> String {
        let file = URL(fileURLWithPath: path).appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: file)
        return file.path
    }

    func read(_ name: String) throws -> String {
        try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
    }
}

extension MonitorConfiguration {
    /// Reads the configuration at `path`, or where `environment` says it is.
    static func load(
        path: String?,
        environment: [String: String],
        overridesPath: String?
    ) throws(ConfigurationError) -> MonitorConfiguration {
        try load(
            ConfigurationPath(option: path, environment: environment),
            overridesPath: overridesPath
        )
    }

    /// The problems of the configuration at `path`.
    static func check(
        path: String,
        models: [ModelRules]? = nil
    ) throws(ConfigurationError) -> [DocumentProblem] {
        try check(ConfigurationPath(option: path, environment: [:])) { _ in models }
    }
}
