/// The state of one opening of a device.
struct ListeningAttempt {
    let device: any PeriodReader
    var restarts = RestartBackoff()
    /// Whether the next period comes after a start, or after silence.
    var isAfterGap = true
    var isSuspended = false
    /// Whether the device has proved to deliver later by at least its buffer.
    var lagsBehind = false
    /// How long samples were waited for since they last arrived, in ns.
    private var silence: Int64 = 0
    private var arrivedFrames = 0

    init(device: any PeriodReader) {
        self.device = device
    }

    /// The length of a device's period, rounded up.
    var periodMilliseconds: Int {
        device.stream.periodFrames * 1_000 / device.stream.rateHz + 1
    }

    /// How long to wait for a period: long enough not to wake up for nothing, short enough to
    /// obey a stop.
    var waitMilliseconds: Int {
        min(max(200, 3 * periodMilliseconds), 1_000)
    }

    /// How long to leave periods in the device while the ring is full: less than the part of its
    /// buffer that `PCMCaptureDevice.hasRoom` keeps free.
    var pauseMilliseconds: Int {
        let stream = device.stream
        return min(periodMilliseconds, stream.bufferFrames * 1_000 / stream.rateHz / 8 + 1)
    }

    /// How long to leave a device alone that woke its reader before a period was whole, as sound
    /// servers do: until the rest should be there, in blocks of 50 ms or so.
    var earlyPauseMilliseconds: Int {
        let missing = device.missingFrames * 1_000 / device.stream.rateHz + 1
        return min(max(60, missing), periodMilliseconds / 2)
    }

    /// After this long without samples, a device that claims to run counts as absent.
    var reportedSilenceSeconds: Int {
        max(device.habits.reportedSilenceSeconds, 2 * periodMilliseconds / 1_000)
    }
    /// After this long it is closed and opened again.
    var longestSilenceSeconds: Int {
        max(device.habits.longestSilenceSeconds, 4 * periodMilliseconds / 1_000)
    }
    /// Whether it has delivered for long enough to be opened at once when it goes.
    var isProven: Bool { arrivedFrames >= device.habits.provenSeconds * device.stream.rateHz }

    mutating func periodArrived(_ frames: Int) {
        silence = 0
        arrivedFrames += frames
        restarts.reset()
        isAfterGap = false
        isSuspended = false
    }

    /// Takes in that nothing came in a wait.
    ///
    /// An attempt that lasted too long proves nothing: the process stood still, and the device's
    /// samples are still unread.
    mutating func waitedInVain(nanoseconds: Int64) {
        silence += min(nanoseconds, 2 * Int64(waitMilliseconds) * 1_000_000)
    }

    /// Whole seconds for which samples were waited for since they last arrived.
    var silentSeconds: Int {
        Int(silence / 1_000_000_000)
    }
}

/// Keeps a device that fails each time it is started from taking the processor.
///
/// One overrun is restarted at once. Without a period in between, the pauses double from 5 ms;
/// after eight of them the device is reopened.
struct RestartBackoff: Sendable, Equatable {
    private static let firstMilliseconds = 5
    private static let attempts = 8

    private var failures = 0

    /// The pause before the next start; nil to reopen the device.
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

/// How long to wait before the next attempt to open a device that is away.
///
/// Quick at first, since most absences are a restarting sound server or a loose plug; never more
/// than 30 s, so that listening soon resumes when the microphone is back.
struct ReopenBackoff: Sendable, Equatable {
    static let firstMilliseconds = 250
    static let longestMilliseconds = 30_000

    private var next = firstMilliseconds

    /// The time to wait now; the one after it is twice as long, up to the longest.
    mutating func nextMilliseconds() -> Int {
        let wait = next
        next = min(next * 2, Self.longestMilliseconds)
        return wait
    }

    /// Starts over, after samples have arrived.
    mutating func reset() {
        next = Self.firstMilliseconds
    }
}
