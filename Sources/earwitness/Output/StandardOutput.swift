@preconcurrency import Glibc

/// The data that a command was asked for, and nothing else.
enum StandardOutput {
    /// Writes a line, to be seen at once even through a pipe.
    static func writeLine(_ line: String) {
        fputs(line, stdout)
        fputs("\n", stdout)
        fflush(stdout)
    }

    /// Writes the text as it is; it is seen when the buffer is full or the process ends.
    static func write(_ text: String) {
        fputs(text, stdout)
    }

    /// Makes what was written visible.
    static func flush() {
        fflush(stdout)
    }

    /// Whether a person reads it.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
}
