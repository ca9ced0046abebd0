/// Keeps a device that fails each time it is started from taking the processor.
///
/// One overrun is restarted at once. Without a period in between, the pauses double from 5 ms,
/// and after eight of them the device is given up, to be closed and opened anew.
struct RestartBackoff: Sendable, Equatable {
    private static let firstMilliseconds = 5
    private static let attempts = 8

    private var failures = 0

    /// The pause before the next start, or nil when the device is to be opened anew.
    mutating func nextMilliseconds() -> Int? {
        defer { failures += 1 }
        guard failures > 0 else { return 0 }
        guard failures <= Self.attempts else { return nil }
        return Self.firstMilliseconds << (failures - 1)
    }

    /// Starts over, after a period has arrived.
    mutating func reset() {
        failures = 0
    }
}
