/// Why a configuration cannot be used.
package enum ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A file that somebody named is not there.
    case missing(path: String)
    /// A file cannot be read.
    case unreadable(path: String, reason: String)
    /// A file cannot be written.
    case unwritable(path: String, reason: String)
    /// Files were read and have these faults, at least one.
    case invalid([DocumentProblem])

    /// One line for each fault.
    package var description: String {
        switch self {
        case .missing(let path):
            "Cannot read the configuration '\(path)': no such file. "
                + "Create it, or name another one with --config or EARWITNESS_CONFIG."
        case .unreadable(let path, let reason):
            "Cannot read the configuration '\(path)': \(reason). "
                + "Mend that, or name another one with --config or EARWITNESS_CONFIG."
        case .unwritable(let path, let reason):
            "Cannot write '\(path)': \(reason). "
                + "Make its folder writable for the user that runs this command."
        case .invalid(let problems):
            problems.map(\.description).joined(separator: "\n")
        }
    }
}
