import FileFailures
import Glibc

/// A file that a command writes at its end.
enum OutputFile {
    /// Finds out before the work whether the file can be written, and changes nothing.
    ///
    /// - Throws: When it can't be written.
    static func check(_ path: String) throws(CommandFailure) {
        let isThere = access(path, F_OK) == 0
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw CommandFailure(
                .cannotCreate,
                "Cannot create '\(path)': \(FileFailure.reason(code: errno)). Choose another place."
            )
        }
        close(descriptor)
        if !isThere { unlink(path) }
    }
}
