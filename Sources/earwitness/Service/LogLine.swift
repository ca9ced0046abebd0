import Foundation
import Logging

/// Writes log lines to standard error: for people with their time, for the journal with its levels.
struct LogLine: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    /// Whether systemd reads: it wants the level as a number in front and knows the time.
    let isJournal: Bool

    /// Begins at a level.
    init(level: Logger.Level) {
        logLevel = level
        isJournal = ProcessInfo.processInfo.environment["JOURNAL_STREAM"] != nil
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let facts = self.metadata.merging(event.metadata ?? [:]) { $1 }
            .sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        if isJournal {
            StandardError.write("<\(Self.priority(of: event.level))>\(event.message)\(facts)\n")
        } else {
            let time = Date().formatted(
                .iso8601.year().month().day().dateSeparator(.dash).time(
                    includingFractionalSeconds: false
                )
                .timeSeparator(.colon)
            )
            StandardError.write("\(time) \(event.level) \(event.message)\(facts)\n")
        }
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
