@preconcurrency import Glibc
import Platform

/// Messages, progress and errors: everything that is not data.
enum StandardError {
    /// Writes the text as it is.
    ///
    /// An error is ignored: there is no place left to report it to.
    static func write(_ text: String) {
        fputs(text, stderr)
    }

    /// Writes a message of this program on a line of its own: what a file's name holds can neither
    /// end the line nor command the terminal.
    static func writeMessage(_ message: String) {
        write("earwitness: \(PathText.shown(message))\n")
    }
}
