import Foundation
@preconcurrency import Glibc

/// What may be shown at a terminal beside plain text: one decision for all commands.
enum Terminal {
    /// Whether events are shown in colour and bold: at a terminal that can, and nobody has asked
    /// for none (https://no-color.org).
    static let showsColor =
        isCapable(STDOUT_FILENO) && (environment["NO_COLOR"] ?? "").isEmpty

    /// Whether a line of progress may be drawn over itself on standard error.
    static let showsProgress = isCapable(STDERR_FILENO)

    private static let environment = ProcessInfo.processInfo.environment

    private static func isCapable(_ descriptor: Int32) -> Bool {
        isatty(descriptor) == 1 && environment["TERM"] != "dumb"
    }
}
