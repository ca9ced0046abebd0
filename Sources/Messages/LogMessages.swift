package import Foundation

/// A line of the service's log.
package struct LogLineMessage: WireMessage {
    /// When it was logged.
    package var time: Date
    /// How serious it is: `trace`, `debug`, `info`, `notice`, `warning`, `error` or `critical`.
    package var level: String
    /// What it says.
    package var message: String

    /// Creates the line from its parts.
    package init(time: Date, level: String, message: String) {
        self.time = time
        self.level = level
        self.message = message
    }
}

/// The last lines of the service's log.
package struct LogMessage: WireMessage {
    /// The lines, the oldest first.
    package var lines: [LogLineMessage]

    /// Joins the lines.
    package init(lines: [LogLineMessage]) {
        self.lines = lines
    }
}
