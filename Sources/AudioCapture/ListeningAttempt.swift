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
    /// Whether the device has proved to deliver later by at least its buffer.
    var lagsBehind = false
    /// How long samples were waited for since they last arrived, in ns.
    private var silence: Int64 = 0

    init(device: PCMCaptureDevice) {
        self.device = device
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

    mutating func periodArrived() {
        silence = 0
        restarts.reset()
        isAfterGap = false
        isSuspended = false
    }

    /// Takes in that nothing came in a wait.
    ///
    /// One that lasted longer than it should have says nothing of the device: the process stood
    /// still, and what the device delivered meanwhile is yet to be read.
    mutating func waitedInVain(nanoseconds: Int64) {
        silence += min(nanoseconds, 2 * Int64(waitMilliseconds) * 1_000_000)
    }

    /// Whole seconds for which samples were waited for since they last arrived.
    var silentSeconds: Int {
        Int(silence / 1_000_000_000)
    }
}
