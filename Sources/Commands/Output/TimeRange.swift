import Foundation
import Messages

/// The stretch of time that `--since` and `--until` ask for.
struct TimeRange {
    /// Its beginning.
    let start: Date
    /// Its end, which may be still to come.
    let end: Date

    /// Reads both ends, and says on standard error what was taken for a time that clocks show
    /// twice or never.
    ///
    /// - Throws: When one of them is no time, or the beginning is later than the end.
    init(since: String, until: String, now: Date = Date()) throws {
        let first = try MomentExpression.reading(since, as: .since, now: now)
        let last = try MomentExpression.reading(until, as: .until, now: now)
        for remark in [first.remark, last.remark].compactMap(\.self) {
            StandardError.writeMessage(remark)
        }
        (start, end) = (first.moment, last.moment)
        guard start > end else { return }
        let bareTime = [since, until].first { $0.contains(":") && $0.utf8.count < 9 }
        let advice =
            bareTime.map { " '\($0)' is today's: write 'yesterday \($0)' for the day before." }
            ?? " Exchange the two."
        throw CommandFailure(.usage, "--since \(since) is later than --until \(until).\(advice)")
    }
}
