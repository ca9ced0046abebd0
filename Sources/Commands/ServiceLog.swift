import Foundation
import Logging
import Messages
import Monitor
import Platform
import Settings
import Synchronization

/// Writes log lines to standard error: for people with the local time, as the lines of events have it;
/// for the journal with its levels.
struct LogLine: LogHandler {
    var metadata: Logger.Metadata = [:]
    private let threshold: LogThreshold
    /// What holds the last lines; nil: nothing.
    private let history: LogHistory?
    /// Whether systemd reads: it wants the level as a number in front and knows the time.
    let isJournal: Bool

    /// Obeys a threshold that may be moved while the program runs.
    init(threshold: LogThreshold, history: LogHistory? = nil) {
        self.threshold = threshold
        self.history = history
        isJournal = ProcessInfo.processInfo.environment["JOURNAL_STREAM"] != nil
    }

    /// The threshold's level; set on one logger, it holds for all, as the configuration means it.
    var logLevel: Logger.Level {
        get { threshold.level }
        set { threshold.level = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let metadata = self.metadata.merging(event.metadata ?? [:]) { $1 }
            .sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let text = PathText.shown("\(event.message)\(metadata)")
        let now = Date()
        history?.append(LogLineMessage(time: now, level: "\(event.level)", message: text))
        if isJournal {
            StandardError.write("<\(Self.priority(of: event.level))>\(text)\n")
        } else {
            let line = Self.line(text, level: event.level, at: now)
            StandardError.write(Self.wrapped(line, width: StandardError.terminalWidth) + "\n")
        }
    }

    /// The line that people read, such as `2026-11-29 15:39:46.1 notice Listening to demo`.
    static func line(
        _ text: String,
        level: Logger.Level,
        at date: Date,
        in time: LocalTime = LocalTime()
    ) -> String {
        "\(time.text(date)) \(level) \(text)"
    }

    /// A line broken between words where a terminal would break it anywhere; what follows stands
    /// under the level, behind the time.
    static func wrapped(_ line: String, width: Int?) -> String {
        guard let width, width >= 40 else { return line }
        let timeWidth = "2026-11-29 15:39:46.1 ".count
        return TerminalText.wrapped(line, width: width, indent: timeWidth).joined(separator: "\n")
    }

    /// The level as `syslog(3)` numbers it.
    private static func priority(of level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}

/// The level from which on the program logs; moved when the configuration is read again.
final class LogThreshold: Sendable {
    private let current: Mutex<Logger.Level>

    /// Begins at a level.
    init(_ level: Logger.Level) {
        current = Mutex(level)
    }

    /// The least level that is logged.
    var level: Logger.Level {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }
}

extension Logger.Level {
    /// The level that the configuration names.
    init(_ level: LogLevel) {
        self =
            switch level {
            case .trace: .trace
            case .debug: .debug
            case .info: .info
            case .notice: .notice
            case .warning: .warning
            case .error: .error
            case .critical: .critical
            }
    }
}
