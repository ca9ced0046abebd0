internal import Realtime

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

    /// How long late samples are given to turn out to be only late.
    struct Patience: Sendable, Equatable {
        /// From this lateness on samples may be missing, in ns.
        var suspiciousNanoseconds: Int64
        /// They are, when those that follow were as late for so long.
        var provenAfterSeconds: Double

        /// More than the jitter of any sound server, less than a listener's "0.5 s".
        static let card = Patience(suspiciousNanoseconds: 50_000_000, provenAfterSeconds: 1)
        /// More than the jitter of a network, and longer than it takes to catch up.
        static let network = Patience(suspiciousNanoseconds: 250_000_000, provenAfterSeconds: 5)
    }

    /// Who gets nearer to the expected time by more than this is catching up.
    private static let progressNanoseconds: Int64 = 10_000_000

    /// Samples a second.
    let rateHz: Int
    private let patience: Patience
    private var nextSample: Int64 = 0
    private var fit: SampleClockFit?
    private var suspectSince: (sample: Int64, read: Int64)?
    private var firstDeviation: Int64 = 0
    private var leastDeviation: Int64 = 0

    /// Creates a timeline whose first sample is still to come.
    init(rateHz: Int, patience: Patience = .card) {
        precondition(rateHz > 0, "a rate is above 0")
        self.rateHz = rateHz
        self.patience = patience
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
        guard abs(deviation) > patience.suspiciousNanoseconds else {
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
        return Double(nextSample - since.sample) >= patience.provenAfterSeconds * Double(rateHz)
            && Double(readAt - since.read) >= patience.provenAfterSeconds * 1e9
    }
}

/// The line through (sample index, capture time) of a device's recent periods.
///
/// A weighted least-squares fit with exponential forgetting. It smooths the jitter out of the
/// timestamps, says when a sample that was not seen would have been captured, and its slope is
/// the sound card's drift. Samples are measured against a nominal line, so that the sums stay
/// small; the origin of the sums moves with the newest sample, so that they stay well conditioned.
struct SampleClockFit: Sendable {
    /// After this time a measurement weighs 1/e.
    private static let memorySeconds = 60.0
    /// The evidence for the slope known beforehand, in s²: what periods of 5 ms jitter and
    /// cards within 0.5 ‰ are worth.
    private static let priorWeight = 100.0
    private static let largestDrift = 0.002

    private let secondsPerSample: Double
    private var anchorSample: Int64
    private var anchorTime: Int64
    private var originSample: Int64
    private var priorSlope: Double

    // Sums of weight, x, y, x², xy; x in s from `originSample`, y in s late of the nominal line.
    private var weight = 0.0
    private var sumX = 0.0
    private var sumY = 0.0
    private var sumXX = 0.0
    private var sumXY = 0.0

    /// Starts a line at one measurement.
    init(rateHz: Int, sample: Int64, time: Int64, slope: Double = 0) {
        secondsPerSample = 1 / Double(rateHz)
        anchorSample = sample
        anchorTime = time
        originSample = sample
        priorSlope = slope
        add(sample: sample, time: time)
    }

    /// Seconds gained per second by the wall against the samples: above 0 for a slow card.
    var slope: Double {
        guard weight > 0 else { return priorSlope }
        let spreadXX = max(sumXX - sumX * sumX / weight, 0)
        let spreadXY = sumXY - sumX * sumY / weight
        let slope =
            (spreadXY + Self.priorWeight * priorSlope) / (spreadXX + Self.priorWeight)
        return min(max(slope, -Self.largestDrift), Self.largestDrift)
    }

    /// When `sample` was, or will be, captured.
    func time(of sample: Int64) -> Int64 {
        let x = Double(sample - originSample) * secondsPerSample
        let late = weight > 0 ? (sumY + slope * (x * weight - sumX)) / weight : 0
        return nominalTime(of: sample) + Int64(late * 1e9)
    }

    /// The number of samples that fit into a stretch of time, at the fitted rate.
    func samples(in nanoseconds: Int64) -> Int64 {
        Int64((Double(nanoseconds) * 1e-9 / secondsPerSample / (1 + slope)).rounded())
    }

    /// Takes a measurement in: `sample` was captured at `time`, as far as is known.
    mutating func add(sample: Int64, time: Int64) {
        moveOrigin(to: sample)
        let late = Double(time - nominalTime(of: sample)) * 1e-9
        weight += 1
        sumY += late
    }

    private func nominalTime(of sample: Int64) -> Int64 {
        anchorTime + Int64(Double(sample - anchorSample) * secondsPerSample * 1e9)
    }

    private mutating func moveOrigin(to sample: Int64) {
        let step = Double(sample - originSample) * secondsPerSample
        originSample = sample
        let kept = 1 - min(max(step / Self.memorySeconds, 0), 1)
        sumXX = kept * (sumXX - 2 * step * sumX + step * step * weight)
        sumXY = kept * (sumXY - step * sumY)
        sumX = kept * (sumX - step * weight)
        sumY *= kept
        weight *= kept
    }
}

/// The clock by which captured frames are dated, in ns since the machine started.
///
/// It is CLOCK_BOOTTIME, so that a suspended machine's sleep counts as time not listened to.
/// `speed` lets a soak test run a whole day, with the device that delivers it, in minutes.
package struct CaptureClock: Sendable {
    /// Clocks that were read within this time show the same moment.
    private static let simultaneousNanoseconds: Int64 = 1_000_000
    private static let mostReadings = 4

    private let speed: Double
    private let origin: Int64

    /// Creates a clock that runs `speed` times as fast as the system's.
    package init(speed: Double = 1) {
        precondition(speed > 0, "time runs forward")
        self.speed = speed
        origin = MonotonicClock.bootNow()
    }

    /// The time now.
    func now() -> Int64 {
        scaled(MonotonicClock.bootNow())
    }

    /// The time at which CLOCK_MONOTONIC showed `nanoseconds`, within the time awake.
    func time(ofMonotonic nanoseconds: Int64) -> Int64 {
        scaled(nanoseconds + MonotonicClock.bootNow() - MonotonicClock.now())
    }

    /// What CLOCK_BOOTTIME and CLOCK_REALTIME show, or would, at `time`.
    func systemTimes(of time: Int64) -> (boot: Int64, wall: Int64) {
        var boot = MonotonicClock.bootNow()
        var wall = MonotonicClock.wallNow()
        for _ in 0..<Self.mostReadings {
            let after = MonotonicClock.bootNow()
            if after - boot < Self.simultaneousNanoseconds { break }
            // The process stood still between the two: together they would be a wrong date.
            (boot, wall) = (after, MonotonicClock.wallNow())
        }
        let age = Int64(Double(scaled(boot) - time) / speed)
        return (boot - age, wall - age)
    }

    private func scaled(_ boot: Int64) -> Int64 {
        speed == 1 ? boot : origin + Int64(Double(boot - origin) * speed)
    }
}
