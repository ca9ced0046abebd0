/// Lets so many requests through a second, with some to spare for a burst.
actor RequestLimit {
    private let perSecond: Double
    private let burst: Double
    private let now: @Sendable () -> ContinuousClock.Instant
    private var available: Double
    private var last: ContinuousClock.Instant

    /// Creates a limit.
    ///
    /// - Parameters:
    ///   - perSecond: How many requests a second are allowed in the long run, above 0.
    ///   - now: The present time.
    init(
        perSecond: Double,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        precondition(perSecond > 0, "a limit lets something through")
        self.perSecond = perSecond
        self.burst = perSecond * 4
        self.now = now
        self.available = perSecond * 4
        self.last = now()
    }

    /// Whether one more request is allowed now.
    func allowsRequest() -> Bool {
        let present = now()
        let elapsed = (present - last) / .seconds(1)
        last = present
        available = min(burst, available + elapsed * perSecond)
        guard available >= 1 else {
            return false
        }
        available -= 1
        return true
    }
}
