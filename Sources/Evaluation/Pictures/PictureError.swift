/// Why a picture could not be made.
package enum PictureError: Error, Equatable, CustomStringConvertible {
    /// libpng does not encode a picture of this size.
    case refused(width: Int, height: Int)

    package var description: String {
        switch self {
        case .refused(let width, let height):
            "A picture of \(width) × \(height) pixels cannot be made: libpng refuses it. "
                + "Free some memory and try again."
        }
    }

    /// The exit code (sysexits) of a command that fails for this reason.
    package var exitCode: Int32 { 74 }
}
