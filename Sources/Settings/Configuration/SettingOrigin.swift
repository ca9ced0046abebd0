/// Where a value that is in force came from.
package enum SettingOrigin: Equatable, Sendable, CustomStringConvertible {
    /// Nobody set it.
    case builtIn
    /// A line of the configuration, of a drop-in or of `overrides.yaml`.
    case file(DocumentPosition)
    /// An option of the command.
    case commandLine(option: String)
    /// An environment variable.
    case environment(variable: String)

    package var description: String {
        switch self {
        case .builtIn: "default"
        case .file(let position): "\(position.file):\(position.line)"
        case .commandLine(let option): "command line (\(option))"
        case .environment(let variable): "environment ($\(variable))"
        }
    }
}
