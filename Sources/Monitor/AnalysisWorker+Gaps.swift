import Detection
import Foundation
import Realtime

extension AnalysisWorker {
    /// How long a device that is open has been silent.
    struct Silence {
        /// When that was noticed.
        let since: Date
        fileprivate var lookedAt: Date
        /// For how long it was looked at since, in seconds.
        fileprivate(set) var seconds = 0.0

        /// Longer than this from one look to the next the process itself stood still, in seconds.
        private static let longestStep = 0.5

        fileprivate init(since: Date, lookedAt: Date) {
            self.since = since
            self.lookedAt = lookedAt
        }

        fileprivate mutating func goesOn(until now: Date) {
            seconds += min(max(0, now.timeIntervalSince(lookedAt)), Self.longestStep)
            lookedAt = now
        }
    }

    /// Looks at the last samples before some that do not come.
    ///
    /// - Parameters:
    ///   - analysis: Has had them.
    ///   - next: The place of the next sample that does come.
    /// - Throws: What the network throws, if it does.
    func endStretch(of analysis: SourceAnalysis, at next: SampleTime) throws {
        levels?.skip(to: next, clock: clock)
        try analysis.resume(at: next, each: tell).forEach { tell($0, at: position) }
    }

    /// Says why samples did not come.
    func tellGap(before start: SampleTime) {
        let lastHopEnd = lastHopEnds[Self.leadingModel]
        let back = date(of: start)
        let from = min(absentUntil ?? lastHopEnd ?? date(of: position), back)
        if isSuspension(of: back.timeIntervalSince(from)) {
            report(.suspended(time: from..<back))
        } else if absentUntil != nil || silence != nil {
            report(.absent(reason: absenceReason, time: from..<back))
        } else {
            report(.lost(samples: start - position, time: from..<back))
        }
        absentUntil = nil
        for index in lastHopEnds.indices { lastHopEnds[index] = nil }
    }

    /// Whether the machine was suspended for most of the time since samples last came.
    private func isSuspension(of seconds: Double) -> Bool {
        let before = suspendedSeconds
        suspendedSeconds = time.suspendedSeconds()
        return suspendedSeconds - before > max(Self.shortestSuspension, seconds / 2)
    }

    /// Tells of a device that is away, as long as it is.
    func noteAbsence() throws {
        guard let reason = feed.absence else { return }
        absenceReason = reason
        let now = time.now()
        if absentUntil == nil, feed.mayCatchUp {
            var silence = silence ?? Silence(since: now, lookedAt: now)
            silence.goesOn(until: now)
            self.silence = silence
            if silence.seconds < Self.catchUpSeconds {
                return report(.silent(reason: reason, since: silence.since))
            }
        }
        if absentUntil == nil, let analysis { try endStretch(of: analysis, at: position) }
        levels?.expire(at: now, clock: clock)
        let from = absentUntil ?? lastHopEnds[Self.leadingModel] ?? now
        report(.absent(reason: reason, time: from..<max(from, now)))
        absentUntil = now
        deliver(cutter?.takeEnded())
    }
}
