import Foundation

/// Explains why samples of one source did not come: a pure value.
///
/// A device that is open and silent may still deliver what it captured meanwhile, so it is absent
/// only after ``catchUpSeconds``.
struct AbsenceWatch: Sendable {
    /// How long a device that is open has been silent.
    private struct Silence {
        let since: Date
        var lookedAt: Date
        /// For how long it was looked at since, in seconds.
        var seconds = 0.0

        /// Longer than this from one look to the next the process itself stood still, in seconds.
        private static let longestStep = 1.0

        mutating func extend(until now: Date) {
            seconds += min(max(0, now.timeIntervalSince(lookedAt)), Self.longestStep)
            lookedAt = now
        }
    }

    /// Up to when the device's present absence is reported.
    private var absentUntil: Date?
    /// Why the device was absent last.
    private var reason = ""
    private var silence: Silence?
    /// How long the machine has been suspended in all, when that was last asked.
    private var suspendedSeconds: Double

    /// A suspension that is shorter does not count, in seconds.
    private static let shortestSuspension = 0.5
    /// For so long a device that is silent may catch up, in seconds; it is opened anew before that
    /// is over.
    private static let catchUpSeconds = 10.0

    /// Begins with a device that delivers.
    ///
    /// - Parameter suspendedSeconds: How long the machine has been suspended in all, in seconds.
    init(suspendedSeconds: Double) {
        self.suspendedSeconds = suspendedSeconds
    }

    /// Whether the device's present absence has been reported.
    var isReported: Bool { absentUntil != nil }

    /// Ends the silence of a device that delivers again.
    mutating func endSilence() {
        silence = nil
    }

    /// Follows a device that is silent.
    ///
    /// - Parameters:
    ///   - reason: Why nothing comes.
    ///   - now: The present.
    ///   - mayCatchUp: Whether the device is open.
    /// - Returns: What to report while it may still catch up; nil: it is absent.
    mutating func reportSilence(reason: String, at now: Date, mayCatchUp: Bool) -> SourceReport? {
        self.reason = reason
        guard absentUntil == nil, mayCatchUp else { return nil }
        var silence = silence ?? Silence(since: now, lookedAt: now)
        silence.extend(until: now)
        self.silence = silence
        guard silence.seconds < Self.catchUpSeconds else { return nil }
        return .silent(reason: reason, since: silence.since)
    }

    /// Reports a device that is absent, up to now.
    ///
    /// - Parameters:
    ///   - now: The present.
    ///   - lastHopEnd: The end of what was analysed last; nil if nothing was.
    /// - Returns: The report.
    mutating func reportAbsence(at now: Date, lastHopEnd: Date?) -> SourceReport {
        let from = absentUntil ?? lastHopEnd ?? now
        absentUntil = now
        return .absent(reason: reason, time: from..<max(from, now))
    }

    /// Reports why samples did not come, now that others do.
    ///
    /// - Parameters:
    ///   - time: From the last sample that came to the next.
    ///   - lostSamples: How many are missing.
    ///   - suspendedSeconds: How long the machine has been suspended in all, in seconds.
    /// - Returns: The report.
    mutating func reportGap(
        time: Range<Date>,
        lostSamples: Int64,
        suspendedSeconds: Double
    ) -> SourceReport {
        let back = time.upperBound
        let from = min(absentUntil ?? time.lowerBound, back)
        let suspended = suspendedSeconds - self.suspendedSeconds
        self.suspendedSeconds = suspendedSeconds
        defer { absentUntil = nil }
        if suspended > max(Self.shortestSuspension, back.timeIntervalSince(from) / 2) {
            return .suspended(time: from..<back)
        }
        if absentUntil != nil || silence != nil {
            return .absent(reason: reason, time: from..<back)
        }
        return .lost(samples: lostSamples, time: from..<back)
    }
}
