package import Detection

/// Ties one source's sample timeline to time, and measures how fast its sound card really is.
///
/// Sample counts are the clock; every period's time stamp pulls a second-order loop (alpha-beta
/// filter) towards it. The stamps jitter by milliseconds, while cards differ from their nominal
/// rate by some ten parts per million for years; the loop follows the second and averages out the
/// first. Wall time is monotonic time plus the last offset that was seen, so that a wall clock
/// that jumps moves the dates of what comes after and reorders nothing.
package struct StreamClock: Sendable {
    /// The rate that the source claims, in Hz.
    package let nominalRateHz: Int

    /// Where the loop believes the reference sample lies, in seconds of monotonic time.
    private var referenceSeconds: Double = 0
    private var referenceSample: Int64 = 0
    /// How long a sample lasts, as far as is known, in seconds.
    package private(set) var secondsPerSample: Double
    private var wallOffsetSeconds: Double = 0
    private var observations = 0

    /// Seconds over which the phase follows the stamps.
    private static let phaseTimeConstant = 20.0
    /// Seconds over which the rate follows the stamps.
    private static let rateTimeConstant = 600.0
    /// No sound card is further from its nominal rate than this.
    private static let greatestDriftPPM = 1_000.0
    /// A stamp that is this far off is a discontinuity and not jitter, in seconds.
    private static let discontinuitySeconds = 0.5

    /// Creates a clock without measurements.
    ///
    /// - Parameter nominalRateHz: The rate that the source claims, in Hz, above 0.
    package init(nominalRateHz: Int) {
        precondition(nominalRateHz > 0, "a rate is above 0 Hz")
        self.nominalRateHz = nominalRateHz
        secondsPerSample = 1 / Double(nominalRateHz)
    }

    /// Creates the clock of a recording: nominal from its first sample on.
    ///
    /// - Parameters:
    ///   - nominalRateHz: The rate of the recording in Hz, above 0.
    ///   - wallSeconds: When its first sample was recorded, in seconds since 1970-01-01 UTC.
    package init(nominalRateHz: Int, startingAt wallSeconds: Double) {
        self.init(nominalRateHz: nominalRateHz)
        wallOffsetSeconds = wallSeconds
        observations = 1
    }

    /// Takes one period's time stamp into account.
    ///
    /// - Parameters:
    ///   - sample: The period's first sample.
    ///   - monotonicNanoseconds: When that sample was at the device, `CLOCK_BOOTTIME`, which
    ///     goes on while the machine is suspended.
    ///   - wallNanoseconds: The same moment by `CLOCK_REALTIME`.
    /// - Returns: By how many seconds the wall clock was set since the last observation, when that
    ///   is more than half a second.
    package mutating func observe(
        sample: SampleTime,
        monotonicNanoseconds: Int64,
        wallNanoseconds: Int64
    ) -> Double? {
        let monotonic = Double(monotonicNanoseconds) * 1e-9
        let wallOffset = Double(wallNanoseconds - monotonicNanoseconds) * 1e-9
        defer { observations += 1 }
        guard observations > 0 else {
            (referenceSeconds, referenceSample) = (monotonic, sample.index)
            wallOffsetSeconds = wallOffset
            return nil
        }
        follow(sample: sample.index, monotonic: monotonic)
        let step = wallOffset - wallOffsetSeconds
        wallOffsetSeconds = wallOffset
        return abs(step) > Self.discontinuitySeconds ? step : nil
    }

    private mutating func follow(sample: Int64, monotonic: Double) {
        let elapsed = Double(sample - referenceSample) * secondsPerSample
        let predicted = referenceSeconds + elapsed
        let error = monotonic - predicted
        referenceSample = sample
        guard elapsed > 0, abs(error) < Self.discontinuitySeconds else {
            referenceSeconds = monotonic
            return
        }
        referenceSeconds = predicted + error * min(1, elapsed / Self.phaseTimeConstant)
        let nominal = 1 / Double(nominalRateHz)
        let correction =
            error * elapsed / (Self.phaseTimeConstant * Self.rateTimeConstant) * nominal
        let limit = nominal * Self.greatestDriftPPM * 1e-6
        secondsPerSample = min(max(secondsPerSample + correction, nominal - limit), nominal + limit)
    }

    /// How much faster than its nominal rate the source runs, in parts per million.
    package var driftPPM: Double {
        (1 / (secondsPerSample * Double(nominalRateHz)) - 1) * 1e6
    }

    /// When a sample is at the device, in seconds of the clock of the stamps, `CLOCK_BOOTTIME`.
    ///
    /// - Parameter sample: Any sample of the timeline, also one that is yet to come.
    /// - Returns: Seconds, with fractions.
    package func bootSeconds(of sample: SampleTime) -> Double {
        referenceSeconds + Double(sample.index - referenceSample) * secondsPerSample
    }

    /// The wall time of a sample, in seconds since 1970-01-01 UTC.
    ///
    /// - Parameter sample: Any sample of the timeline, also one that is yet to come.
    /// - Returns: Seconds, with fractions.
    package func wallSeconds(of sample: SampleTime) -> Double {
        bootSeconds(of: sample) + wallOffsetSeconds
    }

    /// The first sample that is not before a wall time.
    ///
    /// - Parameter wallSeconds: Seconds since 1970-01-01 UTC, with fractions.
    /// - Returns: A sample of the timeline, which may be yet to come.
    package func firstSample(notBefore wallSeconds: Double) -> SampleTime {
        let seconds = wallSeconds - wallOffsetSeconds - referenceSeconds
        return SampleTime(referenceSample + Int64((seconds / secondsPerSample).rounded(.up)))
    }
}
