/// Why sounds cannot be made longer or higher.
package enum TimePitchError: Error, Equatable, CustomStringConvertible {
    /// librubberband is not installed.
    case libraryMissing(name: String)

    package var description: String {
        switch self {
        case .libraryMissing(let name):
            "'\(name)' is missing, which stretching and pitch-shifting need. Install the package "
                + "librubberband2, or take 'stretch_probability' and 'pitch_probability' out."
        }
    }

    /// The exit code (sysexits) of a command that fails for this reason.
    package var exitCode: Int32 { 69 }
}
