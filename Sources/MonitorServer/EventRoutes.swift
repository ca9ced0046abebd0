import EventStore
import Foundation
import HTTPTypes
import Hummingbird
import Messages
import Monitor

/// Answers what is asked of the history: events, labels, coverage and sound levels.
struct EventRoutes: Sendable {
    let history: HistoryReader
    let controls: MonitorControls
    let maxBodyBytes: Int

    /// The most events that one answer holds.
    private static let maxEvents = 10_000
    /// The events that an answer holds unless the request says otherwise.
    private static let defaultEvents = 1_000
    /// The longest text of a label.
    private static let maxLabelLength = 200
    /// The most minutes that one answer holds: a month of two sources.
    private static let maxMinutes = 100_000
    /// The minutes that an answer holds unless the request says otherwise: a day of seven sources.
    private static let defaultMinutes = 10_080
    /// The time that levels go back unless the request says otherwise, in seconds.
    private static let defaultLevelsPeriod: TimeInterval = 86_400

    /// Events and how much of their time was listened to.
    func events(_ request: Request) async throws -> Response {
        let now = Date()
        let query = try QueryReader(
            request.uri.query,
            known: ["since", "until", "class", "source", "model", "min_score", "limit", "order"]
        )
        var filter = EventFilter()
        filter.since = try query.moment("since", now: now)
        filter.until = try query.moment("until", now: now)
        filter.classes = query.all("class")
        filter.source = try query.one("source")
        filter.model = try query.one("model")
        filter.minScore = try query.number("min_score", in: 0...1)
        filter.limit = try query.integer("limit", in: 0...Self.maxEvents) ?? Self.defaultEvents
        // The limit keeps the newest, whichever comes first in the answer.
        filter.order = .newestFirst
        let newestFirst = try query.word("order", of: ["oldest", "newest"]) == "newest"
        try Self.checkPeriod(filter.since, filter.until)
        try await history.checkNames(
            classes: filter.classes,
            source: filter.source,
            model: filter.model
        )
        let chosen = filter
        await controls.settle()
        let events = try await history.read { store in
            try store.events(matching: chosen).map(\.message)
        }
        let coverage = try await history.coverage(
            since: chosen.since,
            until: chosen.until,
            source: chosen.source,
            now: now
        )
        return JSONResponse.response(
            EventListMessage(
                events: newestFirst ? events : events.reversed(),
                coverage: coverage
            )
        )
    }

    /// One event.
    func event(_ request: Request, id: Int64) async throws -> Response {
        try request.refuseQuery()
        return JSONResponse.response(try await history.event(id).message)
    }

    /// Labels an event.
    func label(_ request: Request, id: Int64) async throws -> Response {
        try request.refuseQuery()
        let body = try await BodyReader(
            request,
            maxBytes: maxBodyBytes,
            known: ["class", "note"]
        )
        guard body.contains("class") else {
            throw APIError.invalidValue(
                "'class' is missing; give the class name, or null for a false alarm."
            )
        }
        let label = EventLabel(
            className: try body.text("class", maxLength: Self.maxLabelLength),
            note: try body.text("note", maxLength: Self.maxLabelLength),
            labelledAt: Date()
        )
        try await history.read { store in
            try store.setLabel(id, to: label)
        }
        return JSONResponse.response(try await history.event(id).message)
    }

    /// How much of a time was listened to.
    func coverage(_ request: Request) async throws -> Response {
        let now = Date()
        let query = try QueryReader(request.uri.query, known: ["since", "until", "source"])
        let since = try query.moment("since", now: now)
        let until = try query.moment("until", now: now)
        let source = try query.one("source")
        try Self.checkPeriod(since, until)
        try await history.checkNames(source: source)
        await controls.settle()
        return JSONResponse.response(
            try await history.coverage(since: since, until: until, source: source, now: now)
        )
    }

    /// The sound levels of every minute.
    func levels(_ request: Request) async throws -> Response {
        let now = Date()
        let query = try QueryReader(
            request.uri.query,
            known: ["since", "until", "source", "limit"]
        )
        let until = min(now, try query.moment("until", now: now) ?? now)
        let since = try query.moment("since", now: now) ?? until - Self.defaultLevelsPeriod
        let source = try query.one("source")
        let limit = try query.integer("limit", in: 0...Self.maxMinutes) ?? Self.defaultMinutes
        try Self.checkPeriod(since, until)
        try await history.checkNames(source: source)
        return JSONResponse.response(
            try await history.read { store in
                try store.levelList(from: since, to: until, source: source, limit: limit)
            }
        )
    }

    private static func checkPeriod(_ since: Date?, _ until: Date?) throws(APIError) {
        guard let since, let until, since > until else { return }
        throw .invalidValue(
            "since (\(UTCTimestamp.text(since))) is later than until (\(UTCTimestamp.text(until)))."
        )
    }
}
