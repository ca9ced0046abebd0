import EventStore
import Foundation
import Hummingbird
import Messages
import Monitor

/// Answers what was heard that sounds like an event.
struct SimilarRoute: Sendable {
    let history: HistoryReader
    let controls: MonitorControls

    func similar(_ request: Request, id: Int64) async throws -> Response {
        let query = try QueryReader(
            request.uri.query,
            known: ["since", "until", "source", "limit"]
        )
        let now = Date()
        let until = try query.moment("until", now: now) ?? now
        let since = try query.moment("since", now: now) ?? until - SimilarSounds.defaultSeconds
        guard since <= until else {
            throw APIError.invalidValue(
                "since (\(UTCTimestamp.text(since))) is later than until "
                    + "(\(UTCTimestamp.text(until)))."
            )
        }
        let source = try query.one("source")
        let limit = try query.integer("limit", in: 1...SimilarSounds.greatestLimit)
        try await history.checkNames(source: source)
        await controls.settlePrints()
        let question = SimilarSounds(
            event: id,
            from: since,
            to: until,
            source: source,
            limit: limit ?? SimilarSounds.defaultLimit
        )
        return JSONResponse.response(try await history.read { try question.answer(from: $0) })
    }
}
