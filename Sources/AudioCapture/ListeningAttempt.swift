/// What is remembered while one opening of a device lasts.
struct ListeningAttempt {
    /// After this long without samples, a device that claims to run counts as absent.
    static let reportedSilenceSeconds = 2
    /// After this long it is closed and opened again.
    static let longestSilenceSeconds = 10

    let device: PCMCaptureDevice
    var restarts = RestartBackoff()
    /// Whether the next period comes after a start, or after silence.
    var isAfterGap = true
    var isSuspended = false
    private var lastArrival: Int64

    init(device: PCMCaptureDevice, now: Int64) {
        self.device = device
        lastArrival = now
    }

    /// The length of a period, rounded up.
    var periodMilliseconds: Int {
        device.stream.periodFrames * 1_000 / device.stream.rateHz + 1
    }

    /// How long to wait for a period: long enough not to wake up for nothing, short enough to
    /// obey a stop.
    var waitMilliseconds: Int {
        max(200, 3 * periodMilliseconds)
    }

    mutating func periodArrived(now: Int64) {
        lastArrival = now
        restarts.reset()
        isAfterGap = false
        isSuspended = false
    }

    /// Whole seconds since samples last arrived.
    func silentSeconds(now: Int64) -> Int {
        Int((now - lastArrival) / 1_000_000_000)
    }
}
