/// When the history is to be looked at for damage: a pure value, driven by the monotonic clock.
struct IntegritySchedule: Sendable {
    private var last: ContinuousClock.Instant

    /// The part of the interval for which a check that is due waits for a quiet moment.
    private static let patience = 12

    /// Begins with a history that is whole.
    init(now: ContinuousClock.Instant) {
        last = now
    }

    /// Takes note of a look at the whole history, whatever it found.
    mutating func checked(at now: ContinuousClock.Instant) {
        last = now
    }

    /// Whether to look now.
    ///
    /// - Parameters:
    ///   - now: The present.
    ///   - interval: How often; nil: never.
    ///   - isQuiet: Whether nothing is heard, so that reading the disk disturbs least.
    /// - Returns: Whether it is time.
    func isDue(
        at now: ContinuousClock.Instant,
        every interval: Duration?,
        isQuiet: Bool
    ) -> Bool {
        guard let interval else { return false }
        return now - last >= (isQuiet ? interval : interval + interval / Self.patience)
    }
}
