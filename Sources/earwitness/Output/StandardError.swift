@preconcurrency import Glibc

/// Messages, progress and errors: everything that is not data.
enum StandardError {
    /// Writes the text as it is. Nobody could be told if that fails, so nobody is.
    static func write(_ text: String) {
        fputs(text, stderr)
    }
}
