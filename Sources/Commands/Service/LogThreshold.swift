import Logging
import Synchronization

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
