@preconcurrency import Glibc
import NIOCore

extension IOError {
    /// What the system calls the error.
    var reasonInWords: String {
        String(cString: strerror(errnoCode))
    }
}
