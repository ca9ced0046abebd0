@preconcurrency import Glibc

/// Messages, progress and errors: everything that is not data.
enum StandardError {
    /// Writes the text as it is.
    static func write(_ text: String) {
        fputs(text, stderr)
    }

    /// Whether a person reads it.
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}
