import Foundation
import Glibc

/// Why the spool cannot be written: one line, with what to do next.
package enum SpoolError: Error, Equatable, CustomStringConvertible {
    /// Nothing can be written at any of the places.
    case unwritable(path: String, reason: String)
    /// The place holds as much as it may.
    case full(path: String, bytes: Int)

    package var description: String {
        switch self {
        case .unwritable(let path, let reason):
            "The spool '\(path)' cannot be written (\(reason)). "
                + "Free some space, or check the state folder and its permissions."
        case .full(let path, let bytes):
            "The spool '\(path)' holds \(bytes) bytes, which is all it may. "
                + "Make the event history writable again."
        }
    }

    /// What the last system call says of a file.
    static func last(path: String) -> SpoolError {
        .unwritable(path: path, reason: String(cString: strerror(errno)))
    }
}
