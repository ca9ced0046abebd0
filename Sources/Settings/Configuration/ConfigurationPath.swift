/// Which file is the configuration, and who said so.
package struct ConfigurationPath: Equatable, Sendable {
    /// Where the configuration of an installed service is.
    package static let standard = "/etc/earwitness/earwitness.yaml"

    /// The file's path.
    package var path: String
    /// Whether somebody named the file, so that it must be there.
    package var isExplicit: Bool { origin != .builtIn }
    /// Who named the file.
    package var origin: SettingOrigin

    /// Decides between `--config`, `EARWITNESS_CONFIG` and the standard place, in this order.
    ///
    /// - Parameters:
    ///   - option: The value of `--config`; nil: it was not given.
    ///   - environment: The process's environment.
    package init(option: String?, environment: [String: String]) {
        if let option {
            path = option
            origin = .commandLine(option: "--config")
        } else if let named = environment["EARWITNESS_CONFIG"], !named.isEmpty {
            path = named
            origin = .environment(variable: "EARWITNESS_CONFIG")
        } else {
            path = Self.standard
            origin = .builtIn
        }
    }
}
