import EventStore
import Foundation
import Hummingbird
import Messages
import Monitor
import Platform

/// Answers what another rule of a class would have made of the past.
struct TrialRoute: Sendable {
    let history: HistoryReader
    let controls: MonitorControls

    private static let keys = [
        "model", "source", "since", "until", "limit",
        "on", "off", "min_duration_s", "merge_gap_s", "smoothing_windows",
    ]
    private static let longestSeconds = 3_600.0
    /// How far back the past goes unless the request says otherwise, in seconds.
    private static let defaultPeriod: TimeInterval = 7 * 86_400
    private static let greatestLimit = 10_000

    func tryThreshold(_ request: Request, className: String) async throws -> Response {
        let query = try QueryReader(request.uri.query, known: Self.keys)
        let trial = RuleTrial(
            on: try query.number("on", in: 0...1),
            off: try query.number("off", in: 0...1),
            minDurationSeconds: try query.number("min_duration_s", in: 0...Self.longestSeconds),
            mergeGapSeconds: try query.number("merge_gap_s", in: 0...Self.longestSeconds),
            smoothingWindows: try query.integer("smoothing_windows", in: 1...64)
        )
        let now = Date()
        let until = try query.moment("until", now: now) ?? now
        let since = try query.moment("since", now: now) ?? until - Self.defaultPeriod
        guard since <= until else {
            throw APIError.invalidValue(
                "since (\(UTCTimestamp.text(since))) is later than until "
                    + "(\(UTCTimestamp.text(until)))."
            )
        }
        let source = try query.one("source")
        try await history.checkNames(source: source)
        let question = WhatIf(
            className: className,
            model: try await controls.judgedModel(className, try query.one("model")),
            trial: trial,
            from: since,
            to: until,
            source: source,
            limit: try query.integer("limit", in: 0...Self.greatestLimit) ?? 20
        )
        return JSONResponse.response(try await history.read { try question.answer(from: $0) })
    }
}
