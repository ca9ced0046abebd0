/// Dates every period of a source on one timeline, lost and absent time counted.
///
/// Times are those of a `CaptureClock`. The samples are the clock; their capture times tell where
/// samples are missing: after a restart of the device at once, and where a device loses samples
/// without saying so, when they have been equally late for a second, be it of samples or of time.
/// (A sound server that was held up delivers late, too, but catches up; and what waited while the
/// process stood still is read in a moment.)
struct CaptureTimeline: Sendable {
    /// What is known about one period.
    struct Position: Sendable, Equatable {
        /// The index of its first sample.
        var firstSample: Int64
        /// When that was captured, jitter removed.
        var time: Int64
        /// Samples that are missing between the period before and this one.
        var missedBefore: Int64
    }

    /// More than the jitter of any sound server, less than a listener's "0.5 s".
    private static let suspiciousNanoseconds: Int64 = 50_000_000
    /// Who gets nearer to the expected time by more than this is catching up.
    private static let progressNanoseconds: Int64 = 10_000_000
    private static let provenAfterSeconds = 1.0

    /// Samples a second.
    let rateHz: Int
    private var nextSample: Int64 = 0
    private var fit: SampleClockFit?
    private var suspectSince: (sample: Int64, read: Int64)?
    private var firstDeviation: Int64 = 0
    private var leastDeviation: Int64 = 0

    /// Creates a timeline whose first sample is still to come.
    init(rateHz: Int) {
        precondition(rateHz > 0, "a rate is above 0")
        self.rateHz = rateHz
    }

    /// How much faster than nominal the device runs, in parts per million.
    var driftPPM: Double {
        -(fit?.slope ?? 0) * 1e6
    }

    /// Takes in a period that follows the one before without a restart of the device.
    ///
    /// - Parameters:
    ///   - frames: Its length.
    ///   - time: When its first frame was captured, as measured.
    ///   - readAt: When it was read; nil: at `time`.
    /// - Returns: Where the period lies.
    mutating func append(frames: Int, at time: Int64, readAt: Int64? = nil) -> Position {
        guard var line = fit else { return resume(frames: frames, at: time) }
        let deviation = time - line.time(of: nextSample)
        guard abs(deviation) > Self.suspiciousNanoseconds else {
            suspectSince = nil
            line.add(sample: nextSample, time: time)
            fit = line
            return advance(by: frames, missed: 0)
        }
        guard isProven(deviation, readAt: readAt ?? time) else {
            return advance(by: frames, missed: 0)
        }
        return resume(frames: frames, at: time - deviation + leastDeviation)
    }

    /// Takes in the first period after the device was started, or started again.
    ///
    /// - Parameters:
    ///   - frames: Its length.
    ///   - time: When its first frame was captured, as measured.
    /// - Returns: Where the period lies.
    mutating func resume(frames: Int, at time: Int64) -> Position {
        suspectSince = nil
        var missed: Int64 = 0
        if let line = fit {
            missed = max(0, line.samples(in: time - line.time(of: nextSample)))
        }
        nextSample += missed
        fit = SampleClockFit(
            rateHz: rateHz,
            sample: nextSample,
            time: time,
            slope: fit?.slope ?? 0
        )
        return advance(by: frames, missed: missed)
    }

    private mutating func advance(by frames: Int, missed: Int64) -> Position {
        let position = Position(
            firstSample: nextSample,
            time: fit?.time(of: nextSample) ?? 0,
            missedBefore: missed
        )
        nextSample += Int64(frames)
        return position
    }

    /// Whether the periods have deviated to the same side, and no less, for long enough.
    private mutating func isProven(_ deviation: Int64, readAt: Int64) -> Bool {
        guard let since = suspectSince, (deviation > 0) == (firstDeviation > 0),
            abs(deviation) >= abs(firstDeviation) - Self.progressNanoseconds
        else {
            suspectSince = (nextSample, readAt)
            firstDeviation = deviation
            leastDeviation = deviation
            return false
        }
        if abs(deviation) < abs(leastDeviation) { leastDeviation = deviation }
        return Double(nextSample - since.sample) >= Self.provenAfterSeconds * Double(rateHz)
            && Double(readAt - since.read) >= Self.provenAfterSeconds * 1e9
    }
}
