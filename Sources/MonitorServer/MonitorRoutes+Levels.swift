import Foundation
import Hummingbird
import Messages

/// The most minutes that one answer holds: a month of two sources.
private let maxMinutes = 100_000
/// The minutes that an answer holds unless the request says otherwise: a day of seven sources.
private let defaultMinutes = 10_080
/// The time that is looked back unless the request says otherwise, in seconds.
private let defaultPeriod: TimeInterval = 86_400

extension MonitorRoutes {
    func levels(_ request: Request) async throws -> Response {
        let now = Date()
        let query = try QueryReader(
            request.uri.query,
            known: ["since", "until", "source", "limit"]
        )
        let until = min(now, try query.moment("until", now: now) ?? now)
        let since = try query.moment("since", now: now) ?? until - defaultPeriod
        let source = try query.one("source")
        let limit = try query.integer("limit", in: 0...maxMinutes) ?? defaultMinutes
        try checkPeriod(since, until)
        try await checkNames(classes: [], source: source)
        return JSONResponse.response(
            try await fromStore { store in
                try store.levelList(from: since, to: until, source: source, limit: limit)
            }
        )
    }
}
