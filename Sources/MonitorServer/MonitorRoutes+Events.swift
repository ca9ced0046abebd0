import EventStore
import Foundation
import HTTPTypes
import Hummingbird
import Messages
import Monitor

/// The most events that one answer holds.
private let maxEvents = 10_000
/// The events that an answer holds unless the request says otherwise.
private let defaultEvents = 1_000
/// The longest text of a label.
private let maxLabelLength = 200

extension MonitorRoutes {
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
        filter.limit = try query.integer("limit", in: 0...maxEvents) ?? defaultEvents
        // The limit keeps the newest, whichever comes first in the answer.
        filter.order = .newestFirst
        let newestFirst = try query.word("order", of: ["oldest", "newest"]) == "newest"
        try checkPeriod(filter.since, filter.until)
        try await checkNames(
            classes: filter.classes,
            source: filter.source,
            model: filter.model
        )
        let chosen = filter
        await controls.settle()
        let (events, coverage) = try await fromStore { store in
            let until = min(now, chosen.until ?? now)
            return (
                try store.events(matching: chosen),
                try store.coverage(
                    from: chosen.since.map { min($0, until) },
                    to: until,
                    source: chosen.source
                )
            )
        }
        let ordered = newestFirst ? events : events.reversed()
        return JSONResponse.response(
            EventListMessage(events: ordered.map(\.message), coverage: coverage.message)
        )
    }

    func event(_ request: Request, id: Int64) async throws -> Response {
        try refuseQuery(of: request)
        return JSONResponse.response(try await storedEvent(id).message)
    }

    func label(_ request: Request, id: Int64) async throws -> Response {
        try refuseQuery(of: request)
        let body = try await BodyReader(
            request,
            maxBytes: settings.maxBodyBytes,
            known: ["class", "note"]
        )
        guard body.contains("class") else {
            throw APIError.invalidValue(
                "'class' is missing; give the name of what it was, or null for a false alarm."
            )
        }
        let label = EventLabel(
            className: try body.text("class", maxLength: maxLabelLength),
            note: try body.text("note", maxLength: maxLabelLength),
            labelledAt: Date()
        )
        try await fromStore { store in
            try store.setLabel(id, to: label)
        }
        return JSONResponse.response(try await storedEvent(id).message)
    }

    func coverage(_ request: Request) async throws -> Response {
        let now = Date()
        let query = try QueryReader(request.uri.query, known: ["since", "until", "source"])
        let since = try query.moment("since", now: now)
        let until = try query.moment("until", now: now)
        let source = try query.one("source")
        try checkPeriod(since, until)
        try await checkNames(classes: [], source: source)
        await controls.settle()
        let summary = try await fromStore { store in
            let end = min(now, until ?? now)
            return try store.coverage(from: since.map { min($0, end) }, to: end, source: source)
        }
        return JSONResponse.response(summary.message)
    }

    func storedEvent(_ id: Int64) async throws -> StoredEvent {
        guard let event = try await fromStore({ store in try store.event(id) }) else {
            throw APIError.noSuchEvent("\(id)")
        }
        return event
    }

    func checkPeriod(_ since: Date?, _ until: Date?) throws(APIError) {
        guard let since, let until, since > until else {
            return
        }
        throw .invalidValue(
            "since (\(UTCTimestamp.text(since))) is later than until (\(UTCTimestamp.text(until)))."
        )
    }

    /// Refuses names that neither the history nor a model knows.
    func checkNames(classes: [String], source: String?, model: String? = nil) async throws {
        if let model {
            let present = await controls.status().models.map(\.name)
            let past = try await fromStore { store in try store.modelNames() }
            let known = present + past.filter { !present.contains($0) }
            guard known.contains(model) else {
                throw APIError.invalidValue(
                    "model: there is no model '\(model)'; there is \(ControlError.list(known))."
                )
            }
        }
        if let source {
            let known = try await fromStore { store in try store.sourceNames() }
            guard known.contains(source) else {
                throw APIError.invalidValue(
                    "source: there is no source '\(source)'; there is \(ControlError.list(known))."
                )
            }
        }
        guard !classes.isEmpty else {
            return
        }
        let present = try await controls.thresholds().map(\.className)
        let past = try await fromStore { store in try store.classNames() }
        let known = present + past.filter { !present.contains($0) }
        for name in classes where !known.contains(name) {
            throw APIError.invalidValue(
                "class: there is no class '\(name)'; there is \(ControlError.list(known))."
            )
        }
    }
}
