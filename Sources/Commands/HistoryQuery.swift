import EventStore
import Foundation
import Messages

/// The stretch of time that `--since` and `--until` ask for.
struct TimeRange {
    /// Its beginning.
    let start: Date
    /// Its end, which may be still to come.
    let end: Date

    /// Reads both ends, and says on standard error which moment was used for a local time that
    /// occurs twice or is skipped.
    ///
    /// - Throws: When one of them is not a time, or the beginning is later than the end.
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
            bareTime.map { " '\($0)' means today; write 'yesterday \($0)' for the day before." }
            ?? " Swap the two."
        throw CommandFailure(.usage, "--since \(since) is later than --until \(until).\(advice)")
    }
}

extension EventStore {
    /// Rejects names that are not in the history, as the service does: a misspelt name must not
    /// look like no events.
    ///
    /// The history knows all classes of the models that it was written with.
    func requireNames(source: String?, classes: [String] = [], model: String? = nil) throws {
        if let source { try Self.require(source, "source", among: sourceNames()) }
        if let model { try Self.require(model, "model", among: modelNames()) }
        guard !classes.isEmpty else { return }
        let known = try classNames()
        for name in classes { try Self.require(name, "class", among: known) }
    }

    private static func require(_ name: String, _ kind: String, among known: [String]) throws {
        guard !known.contains(name) else { return }
        throw CommandFailure(
            .usage,
            "Unknown \(kind) '\(name)' in the history; known: \(ControlError.list(known))."
        )
    }
}
