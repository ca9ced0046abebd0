package import Messages
import Synchronization

/// The last lines of the service's log, held in memory for whoever asks.
package final class LogHistory: Sendable {
    private let lines = Mutex<[LogLineMessage]>([])
    private let capacity: Int

    /// Holds so many lines.
    package init(capacity: Int = 200) {
        precondition(capacity > 0, "a history holds a line")
        self.capacity = capacity
    }

    /// Holds one more line.
    package func append(_ line: LogLineMessage) {
        lines.withLock { lines in
            if lines.count == capacity { lines.removeFirst() }
            lines.append(line)
        }
    }

    /// The last lines, the oldest first.
    package func last(_ count: Int) -> [LogLineMessage] {
        lines.withLock { Array($0.suffix(count)) }
    }
}
