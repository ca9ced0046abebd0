import Glibc
import Platform
import Synchronization

/// A line at the bottom of the terminal that is drawn over itself and stands below all others.
///
/// Everything that is written goes through ``interrupted(by:)``: the line is erased before, and
/// drawn again behind it, so that lines never mix.
enum StatusLine {
    private static let shown = Mutex("")

    /// Whether there is a terminal that shows both results and messages.
    static let isPossible = Terminal.showsProgress && StandardOutput.isTerminal

    /// Shows a text, in the place of what is shown.
    ///
    /// - Parameter text: One line that fits into the terminal, with its colours.
    static func show(_ text: String) {
        guard isPossible else { return }
        shown.withLock { shown in
            guard text != shown else { return }
            shown = text
            put("\r" + text + "\u{1B}[K")
        }
    }

    /// Takes the line away.
    static func hide() {
        shown.withLock { shown in
            if !shown.isEmpty { put("\r\u{1B}[K") }
            shown = ""
        }
    }

    /// Writes whole lines above the line.
    static func interrupted<Result: Sendable>(by write: () -> Result) -> Result {
        shown.withLock { shown in
            guard !shown.isEmpty else { return write() }
            put("\r\u{1B}[K")
            defer { put(shown) }
            return write()
        }
    }

    private static func put(_ text: String) {
        _ = OutputFile.writeAll(Array(text.utf8), to: STDERR_FILENO)
    }
}
