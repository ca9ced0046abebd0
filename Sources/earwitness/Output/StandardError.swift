@preconcurrency import Glibc

/// Messages, progress and errors: everything that is not data.
enum StandardError {
    /// Writes the text as it is.
    ///
    /// An error is ignored: there is no place left to report it to.
    static func write(_ text: String) {
        fputs(text, stderr)
    }
}
