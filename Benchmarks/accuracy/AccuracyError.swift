/// Why nothing can be measured.
enum AccuracyError: Error, CustomStringConvertible {
    /// A background is not given as a name and a folder.
    case notAPair(String)
    /// A folder cannot be listed.
    case missing(String)
    /// A folder holds clips instead of labelled recordings.
    case clips(String)
    /// The rules cannot be written.
    case notWritten(path: String, reason: String)

    var description: String {
        switch self {
        case .notAPair(let entry):
            "A background is '\(entry)'. Give NAME=FOLDER."
        case .missing(let folder):
            "'\(folder)' cannot be listed. Run scripts/measure-accuracy, which makes it."
        case .clips(let folder):
            "'\(folder)' holds clips. Give recordings with labels, as 'earwitness compose' makes."
        case .notWritten(let path, let reason):
            "The rules were not written to '\(path)': \(reason)."
        }
    }
}
