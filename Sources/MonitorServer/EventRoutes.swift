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

    private var binRoutes: BinRoutes { BinRoutes(history: history, controls: controls) }

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
        let query = try QueryReader(request.uri.query, known: EventFilter.keys + ["format"])
        var filter = try EventFilter(query, now: now)
        let order = try query.word("order", of: ["oldest", "newest", "worth"])
        let newestFirst = order == "newest"
        let format = try query.word("format", of: ["json"] + EventExport.formats)
        try Self.checkPeriod(filter.since, filter.until)
        try await history.checkNames(
            classes: filter.classes,
            source: filter.source,
            model: filter.model
        )
        if order == "worth", let format, format != "json" {
            throw APIError.invalidValue("order: 'worth' is not for files; leave out 'format'.")
        }
        if let export = EventExport(format, of: filter, newestFirst: newestFirst) {
            return try await export.response(from: history, now: now)
        }
        filter.limit = min(filter.limit ?? Self.defaultEvents, Self.maxEvents)
        let chosen = filter
        await controls.settle()
        let events =
            order == "worth"
            ? try await eventsWorthReview(matching: chosen)
            : try await history.read { store in
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
                events: order == nil || order == "oldest" ? events.reversed() : events,
                coverage: coverage
            )
        )
    }

    private func eventsWorthReview(matching filter: EventFilter) async throws -> [EventMessage] {
        let thresholds = try await controls.thresholds()
        return try await history.read { store in
            try store.eventsWorthReview(matching: filter, thresholds: thresholds).map(\.message)
        }
    }

    /// One event; without a clip, also why.
    func event(_ request: Request, id: Int64) async throws -> Response {
        try request.refuseQuery()
        let event = try await history.event(id)
        var message = event.message
        if event.clipPath == nil {
            message.noClip = try await ClipRoute.absence(of: event, in: history).message.message
        }
        return JSONResponse.response(message)
    }

    /// Labels an event.
    func label(_ request: Request, id: Int64) async throws -> Response {
        try request.refuseQuery()
        let body = try await BodyReader(
            request,
            maxBytes: maxBodyBytes,
            known: ["class", "note", "origin"]
        )
        guard body.contains("class") else {
            throw APIError.invalidValue(
                "'class' is missing; give the class name, or null for a false alarm."
            )
        }
        let label = EventLabel(
            className: try body.text("class", maxLength: Self.maxLabelLength),
            note: try body.text("note", maxLength: Self.maxLabelLength),
            labelledAt: Date(),
            origin: try Self.origin(in: body).rawValue
        )
        try await history.read { store in
            try store.setLabel(id, to: label)
        }
        return JSONResponse.response(try await history.event(id).message)
    }

    private static func origin(in body: BodyReader) throws(APIError) -> LabelOrigin {
        guard let text = try body.text("origin", maxLength: maxLabelLength) else { return .api }
        guard let origin = LabelOrigin(rawValue: text) else {
            let allowed = LabelOrigin.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalidValue("origin: '\(text)' is not one of \(allowed).")
        }
        return origin
    }

    /// How much of a time was listened to.
    func coverage(_ request: Request) async throws -> Response {
        let now = Date()
        let query = try QueryReader(
            request.uri.query,
            known: ["since", "until", "source", "by", "time_zone"]
        )
        let since = try query.moment("since", now: now)
        let until = try query.moment("until", now: now)
        let source = try query.one("source")
        try Self.checkPeriod(since, until)
        let bins = try TimeBins(query, lengths: [.minute, .hour, .day], now: now)
        try await history.checkNames(source: source)
        await controls.settle()
        if let bins {
            return JSONResponse.response(
                try await binRoutes.coverage(in: bins, source: source, now: now)
            )
        }
        return JSONResponse.response(
            try await history.coverage(since: since, until: until, source: source, now: now)
        )
    }

    /// The sound levels of every minute.
    func levels(_ request: Request) async throws -> Response {
        let now = Date()
        let query = try QueryReader(
            request.uri.query,
            known: ["since", "until", "source", "limit", "by", "time_zone"]
        )
        let bins = try TimeBins(query, lengths: [.hour, .day], now: now)
        let until = min(now, try query.moment("until", now: now) ?? now)
        let since = try query.moment("since", now: now) ?? until - Self.defaultLevelsPeriod
        let source = try query.one("source")
        let limit = try query.integer("limit", in: 0...Self.maxMinutes) ?? Self.defaultMinutes
        try Self.checkPeriod(since, until)
        try await history.checkNames(source: source)
        if let bins {
            return JSONResponse.response(try await binRoutes.levels(in: bins, source: source))
        }
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
