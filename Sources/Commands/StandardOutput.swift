import ArgumentParser
import Foundation
@preconcurrency import Glibc
import Platform
import Synchronization

/// The data that a command was asked for, and nothing else.
///
/// Whatever can't be written is an error: a command that ends with 0 has handed all of its results
/// to the system.
enum StandardOutput {
    /// The reader has gone away, as `head` does when it has enough: the end of the work, silently.
    struct ClosedPipe: Error {}

    private static let waiting = Mutex<[UInt8]>([])
    private static let greatestWaiting = 1 << 16

    /// Writes a line, to be seen at once even through a pipe.
    ///
    /// - Throws: ``ClosedPipe``, or a `CommandFailure` that says why it can't be written.
    static func writeLine(_ line: String) throws {
        try append(line + "\n", flushes: true)
    }

    /// Writes the text as it is; it is seen when the buffer is full or the process ends.
    ///
    /// - Throws: ``ClosedPipe``, or a `CommandFailure` that says why it can't be written.
    static func write(_ text: String) throws {
        try append(text, flushes: isTerminal)
    }

    /// Writes results and, once they are written, remarks on them to standard error.
    ///
    /// - Throws: ``ClosedPipe``, or a `CommandFailure` that says why they can't be written.
    static func write(_ text: String, remarks: [String]) throws {
        try append(text, flushes: true)
        for remark in remarks { StandardError.writeMessage(remark) }
    }

    /// Makes what was written visible.
    ///
    /// - Throws: ``ClosedPipe``, or a `CommandFailure` that says why it can't be written.
    static func flush() throws {
        try append("", flushes: true)
    }

    /// Makes what was written visible and, where it goes to a disk, safe from a loss of power.
    ///
    /// - Throws: ``ClosedPipe``, or a `CommandFailure` that says why it can't be written.
    static func sync() throws {
        try flush()
        guard fsync(STDOUT_FILENO) == 0 || OutputFile.cannotBeSynced(errno) else {
            throw failure(errno)
        }
    }

    /// Whether a person reads it.
    static let isTerminal = isatty(STDOUT_FILENO) == 1

    /// The columns of the terminal; nil without a terminal, or if its size is unknown.
    static var terminalWidth: Int? { Terminal.size(of: STDOUT_FILENO)?.columns }

    /// Puts something harmless in the place of standard streams that are closed, before a file is
    /// opened there and results are written into it.
    static func reserveDescriptors() {
        for descriptor in STDIN_FILENO...STDERR_FILENO
        where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
            // Results still can't be written, and that is said; messages are lost in silence.
            _ = open("/dev/null", descriptor == STDERR_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// Ends the process as if the closed pipe had, for the shell's `pipefail`.
    static func endOfClosedPipe() -> Never {
        signal(SIGPIPE, SIG_DFL)
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        raise(SIGPIPE)
        exit(128 + SIGPIPE)
    }

    private static func append(_ text: String, flushes: Bool) throws {
        let code = StatusLine.interrupted {
            waiting.withLock { waiting -> Int32 in
                waiting.append(contentsOf: text.utf8)
                guard flushes || waiting.count >= greatestWaiting, !waiting.isEmpty else {
                    return 0
                }
                defer { waiting.removeAll(keepingCapacity: true) }
                return OutputFile.writeAll(waiting, to: STDOUT_FILENO)
            }
        }
        guard code == 0 else { throw failure(code) }
    }

    private static func failure(_ code: Int32) -> any Error {
        guard code != EPIPE else { return ClosedPipe() }
        let (reason, advice) =
            switch code {
            case EBADF: ("it is closed", "Redirect it to a file or a pipe.")
            case ENOSPC, EDQUOT:
                (FileFailure.reason(code: code), "Free some space and run the command again.")
            default:
                (FileFailure.reason(code: code), "Redirect it to another place and try again.")
            }
        return CommandFailure(.inputOutput, "Cannot write to standard output: \(reason). \(advice)")
    }
}

/// What may be shown at a terminal beside plain text: one decision for all commands.
enum Terminal {
    /// Whether events are shown in colour and bold: on a terminal that can, unless the user
    /// turned it off (https://no-color.org).
    static let showsColor =
        isCapable(STDOUT_FILENO) && (environment["NO_COLOR"] ?? "").isEmpty

    /// Whether a line of progress may be drawn over itself on standard error.
    static let showsProgress = isCapable(STDERR_FILENO)

    /// Whether a view may fill the whole terminal, and keys are read from it.
    static let showsScreens = isCapable(STDOUT_FILENO) && isCapable(STDIN_FILENO)

    /// The size of a terminal; nil without a terminal, or if its size is unknown.
    static func size(of descriptor: Int32) -> (columns: Int, rows: Int)? {
        var size = winsize()
        guard isatty(descriptor) == 1, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0,
            size.ws_col > 0, size.ws_row > 0
        else { return nil }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    private static let environment = ProcessInfo.processInfo.environment

    private static func isCapable(_ descriptor: Int32) -> Bool {
        isatty(descriptor) == 1 && environment["TERM"] != "dumb"
    }
}

/// Messages, progress and errors: everything that is not data.
enum StandardError {
    /// Writes the text as it is.
    ///
    /// An error is ignored: there is no place left to report it to.
    static func write(_ text: String) {
        StatusLine.interrupted { _ = OutputFile.writeAll(Array(text.utf8), to: STDERR_FILENO) }
    }

    /// The columns of the terminal; nil without a terminal, or if its size is unknown.
    static var terminalWidth: Int? { Terminal.size(of: STDERR_FILENO)?.columns }

    /// Writes a message of this program on a line of its own: what a file's name holds can neither
    /// end the line nor command the terminal.
    static func writeMessage(_ message: String) {
        write("earwitness: \(PathText.shown(message))\n")
    }
}

/// The forms of an answer that is a report: for people, or for programs.
enum ReportFormat: String, CaseIterable, ExpressibleByArgument {
    case text
    case json
}
