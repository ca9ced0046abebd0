import Logging
import Synchronization

/// The log of the HTTP library, which is heard once the addresses accept connections.
///
/// Before, a fault such as a port that is taken ends the service with a line of its own, beside
/// which the library's lines about it, and about what it cancels then, only confuse.
struct LibraryLog: LogHandler {
    private var log: Logger
    private let isListening: ListeningFlag

    /// Whether all addresses accept connections.
    final class ListeningFlag: Sendable {
        private let value = Atomic(false)

        var isSet: Bool { value.load(ordering: .relaxed) }

        func set() { value.store(true, ordering: .relaxed) }
    }

    /// A logger for the library.
    static func logger(over log: Logger, _ isListening: ListeningFlag) -> Logger {
        Logger(label: "\(log.label).http") { _ in LibraryLog(log: log, isListening: isListening) }
    }

    var metadata: Logger.Metadata = [:]

    var logLevel: Logger.Level {
        get { log.logLevel }
        set { log.logLevel = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        guard isListening.isSet else { return }
        let own = metadata.merging(event.metadata ?? [:]) { $1 }
        log.log(level: event.level, event.message, metadata: own.isEmpty ? nil : own)
    }

    private init(log: Logger, isListening: ListeningFlag) {
        self.log = log
        self.isListening = isListening
    }
}
