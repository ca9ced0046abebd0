import EventStore
import Foundation

/// Joins the states of one source into stretches for the history, without holes: a pure value.
///
/// A stretch is returned when the state changes, and at the latest when it has grown by the
/// checkpoint interval, so that a crash leaves at most that much time unexplained. The history
/// joins stretches that touch.
struct CoverageTracker: Sendable {
    private let checkpointSeconds: TimeInterval
    private var pending: CoverageStretch?
    /// Up to when every moment is accounted for; nil when the next stretch may begin anywhere.
    private var accounted: Date?
    /// What a hole before the next stretch is due to.
    private var hole: (state: CoverageState, reason: String)
    /// Whether a hole is one of the clock only, which says nothing about time that is known.
    private var isHoleOfClock = false

    /// Holes up to this come from rounding, in seconds.
    private static let toleranceSeconds = 0.02

    /// Creates a tracker that has seen nothing.
    ///
    /// - Parameters:
    ///   - start: When the service started; what comes before is accounted for. Nil: nothing is
    ///     known of the time before the first stretch.
    ///   - checkpointSeconds: The longest stretch kept back, in seconds.
    init(start: Date? = nil, checkpointSeconds: TimeInterval = 10) {
        self.checkpointSeconds = checkpointSeconds
        accounted = start
        hole = (.stopped, "starting")
    }

    /// Appends what a stretch of time was; stretches come in order.
    ///
    /// - Returns: The stretches that are complete.
    mutating func append(
        _ state: CoverageState,
        from start: Date,
        to end: Date,
        lostSamples: Int64 = 0,
        reason: String? = nil
    ) -> [CoverageStretch] {
        guard start < end else { return [] }
        var complete: [CoverageStretch] = []
        if let accounted, start.timeIntervalSince(accounted) > Self.toleranceSeconds {
            complete += join(
                CoverageStretch(
                    state: hole.state,
                    start: accounted,
                    end: start,
                    reason: hole.reason,
                    isOnlyWhereUnknown: isHoleOfClock
                )
            )
        }
        hole = (.lost, "the analysis reported nothing")
        isHoleOfClock = false
        accounted = end
        return complete
            + join(
                CoverageStretch(
                    state: state,
                    start: start,
                    end: end,
                    lostSamples: lostSamples,
                    reason: reason
                )
            )
    }

    /// Dates what comes next by a wall clock that was set.
    mutating func stepClock(bySeconds seconds: Double) {
        guard seconds > 0 else {
            accounted = nil
            return
        }
        let text = String(format: "%.1f", seconds)
        hole = (.absent, "the clock was set forward by \(text) s; this time did not pass")
        isHoleOfClock = true
    }

    /// Returns the stretch kept back.
    mutating func flush() -> [CoverageStretch] {
        replacePending(by: nil)
    }

    private mutating func join(_ next: CoverageStretch) -> [CoverageStretch] {
        guard var span = pending, span.state == next.state, span.reason == next.reason,
            span.end >= next.start, span.start <= next.start
        else {
            return replacePending(by: next)
        }
        span.end = max(next.end, span.end)
        span.lostSamples += next.lostSamples
        pending = span
        return span.end.timeIntervalSince(span.start) >= checkpointSeconds ? flush() : []
    }

    private mutating func replacePending(by next: CoverageStretch?) -> [CoverageStretch] {
        defer { pending = next }
        return [pending].compactMap { $0 }
    }
}
