/// Why a picture could not be written.
package enum PictureError: Error, Equatable, CustomStringConvertible {
    /// The file cannot be made.
    case cannotCreate(path: String, reason: String)

    package var description: String {
        switch self {
        case .cannotCreate(let path, let reason):
            "Cannot create the picture '\(path)': \(reason). Choose another place."
        }
    }

    /// The exit code (sysexits) of a command that fails for this reason.
    package var exitCode: Int32 { 73 }
}
