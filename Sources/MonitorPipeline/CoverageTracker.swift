import EventStore
import Foundation

/// Joins what each moment of one source was into spans for the history: a pure value.
///
/// A span is handed out when the state changes, and at the latest when it has grown by the
/// checkpoint interval, so that a crash leaves at most that much time unexplained. The history
/// joins spans that touch.
struct CoverageTracker: Sendable {
    private let sourceID: Int64
    private let checkpointSeconds: TimeInterval
    private var pending: CoverageSpan?

    /// Creates a tracker that has seen nothing.
    ///
    /// - Parameters:
    ///   - sourceID: The source's row.
    ///   - checkpointSeconds: The longest span kept back, in seconds.
    init(sourceID: Int64, checkpointSeconds: TimeInterval = 10) {
        self.sourceID = sourceID
        self.checkpointSeconds = checkpointSeconds
    }

    /// Notes what a stretch of time was; stretches come in order.
    ///
    /// - Returns: The spans that are complete.
    mutating func note(
        _ state: CoverageState,
        from start: Date,
        to end: Date,
        lostSamples: Int64 = 0,
        reason: String? = nil
    ) -> [CoverageSpan] {
        guard start < end else { return [] }
        let next = CoverageSpan(
            sourceID: sourceID,
            state: state,
            start: start,
            end: end,
            lostSamples: lostSamples,
            reason: reason
        )
        guard var span = pending, span.state == state, span.reason == reason, span.end >= start
        else {
            return replacePending(by: next)
        }
        span.end = max(end, span.end)
        span.lostSamples += lostSamples
        pending = span
        return span.end.timeIntervalSince(span.start) >= checkpointSeconds ? flush() : []
    }

    /// Hands out what was kept back.
    mutating func flush() -> [CoverageSpan] {
        replacePending(by: nil)
    }

    private mutating func replacePending(by next: CoverageSpan?) -> [CoverageSpan] {
        defer { pending = next }
        return [pending].compactMap { $0 }
    }
}
