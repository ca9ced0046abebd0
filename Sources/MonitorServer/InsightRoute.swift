import EventStore
import Foundation
import Hummingbird
import Messages
import Monitor

/// Answers what is normal here, and what of the last week is not.
struct InsightRoute: Sendable {
    let history: HistoryReader

    func insights(_ request: Request) async throws -> Response {
        let query = try QueryReader(
            request.uri.query,
            known: ["since", "until", "source", "time_zone"]
        )
        let now = Date()
        let until = min(now, try query.moment("until", now: now) ?? now)
        let since =
            try query.moment("since", now: now) ?? until - InsightsQuestion.defaultSeconds
        let zone = try TimeBins.zone(named: try query.one("time_zone"))
        let source = try query.one("source")
        try await history.checkNames(source: source)
        let question = try InsightsQuestion(from: since, to: until, source: source, zone: zone)
        let zoneName = TimeBins.name(of: zone, at: now)
        return JSONResponse.response(
            try await history.read { try question.answer(from: $0, zoneName: zoneName) }
        )
    }
}
