import EventStore
import Foundation
import Hummingbird
import Messages
import Monitor
import Platform

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
            .event(id),
            from: since,
            to: until,
            source: source,
            limit: limit ?? SimilarSounds.defaultLimit
        )
        return JSONResponse.response(try await history.read { try question.answer(from: $0) })
    }
}

/// Answers with the classes that can be heard, their rules, and how they did in the last days.
struct SoundRoute: Sendable {
    let history: HistoryReader
    let controls: MonitorControls

    private static let secondsPerDay: TimeInterval = 86_400
    private static let defaultDays = 7
    private static let maxDays = 366

    func sounds(_ request: Request) async throws -> Response {
        let now = Date()
        let query = try QueryReader(request.uri.query, known: ["days"])
        let days = try query.integer("days", in: 1...Self.maxDays) ?? Self.defaultDays
        let asked = now - Double(days) * Self.secondsPerDay
        var sounds = try await controls.sounds()
        let (birth, summaries) = try await history.read { store in
            (try store.birth(), try store.classSummaries(from: asked, to: now))
        }
        // A history of two days has nothing to say of five more.
        let from = min(now, max(asked, birth ?? asked))
        let lastingDays = max(1, now.timeIntervalSince(from) / Self.secondsPerDay)
        let found = Dictionary(summaries.map { (Key($0.model, $0.className), $0) }) { $1 }
        for index in sounds.indices {
            let key = Key(sounds[index].modelName, sounds[index].className)
            guard let summary = found[key] else { continue }
            sounds[index].events = summary.events
            sounds[index].eventsPerDay = Double(summary.events) / lastingDays
            sounds[index].right = summary.rightLabels
            sounds[index].wrong = summary.wrongLabels
        }
        return JSONResponse.response(SoundListMessage(from: from, to: now, sounds: sounds))
    }

    private struct Key: Hashable {
        let model: String
        let className: String

        init(_ model: String, _ className: String) {
            self.model = model
            self.className = className
        }
    }
}

/// Answers what another rule of a class would have made of the past, and which would have done.
struct TrialRoute: Sendable {
    let history: HistoryReader
    let controls: MonitorControls

    private static let keys = [
        "model", "source", "since", "until", "limit",
        "on", "off", "min_duration_s", "merge_gap_s", "smoothing_windows",
    ]
    private static let suggestionKeys = [
        "max_false_alarms_per_week", "model", "source", "since", "until",
    ]
    private static let longestSeconds = 3_600.0
    /// How far back the past goes unless the request says otherwise, in seconds.
    private static let defaultPeriod: TimeInterval = 7 * 86_400
    /// The same for a suggestion, for which labels are gathered longer.
    private static let defaultSuggestionPeriod: TimeInterval = 30 * 86_400
    private static let greatestLimit = 10_000
    private static let mostFalseAlarms = 1e6

    func tryThreshold(_ request: Request, className: String) async throws -> Response {
        let query = try QueryReader(request.uri.query, known: Self.keys)
        let trial = RuleTrial(
            on: try query.number("on", in: 0...1),
            off: try query.number("off", in: 0...1),
            minDurationSeconds: try query.number("min_duration_s", in: 0...Self.longestSeconds),
            mergeGapSeconds: try query.number("merge_gap_s", in: 0...Self.longestSeconds),
            smoothingWindows: try query.integer("smoothing_windows", in: 1...64)
        )
        let time = try Self.time(of: query, defaultPeriod: Self.defaultPeriod)
        let source = try query.one("source")
        try await history.checkNames(source: source)
        let question = WhatIf(
            className: className,
            model: try await controls.judgedModel(className, try query.one("model")),
            trial: trial,
            from: time.start,
            to: time.end,
            source: source,
            limit: try query.integer("limit", in: 0...Self.greatestLimit) ?? 20
        )
        return JSONResponse.response(try await history.read { try question.answer(from: $0) })
    }

    func suggestThreshold(_ request: Request, className: String) async throws -> Response {
        let query = try QueryReader(request.uri.query, known: Self.suggestionKeys)
        let most = try query.number("max_false_alarms_per_week", in: 0...Self.mostFalseAlarms)
        guard let most else {
            throw APIError.invalidValue(
                "'max_false_alarms_per_week' is missing; give how many wrong events a week are allowed."
            )
        }
        let time = try Self.time(of: query, defaultPeriod: Self.defaultSuggestionPeriod)
        let source = try query.one("source")
        try await history.checkNames(source: source)
        let question = ThresholdAdvice(
            className: className,
            model: try await controls.judgedModel(className, try query.one("model")),
            maxFalseAlarmsPerWeek: most,
            from: time.start,
            to: time.end,
            source: source
        )
        return JSONResponse.response(try await history.read { try question.answer(from: $0) })
    }

    private static func time(
        of query: QueryReader,
        defaultPeriod: TimeInterval
    ) throws -> (start: Date, end: Date) {
        let now = Date()
        let until = try query.moment("until", now: now) ?? now
        let since = try query.moment("since", now: now) ?? until - defaultPeriod
        guard since <= until else {
            throw APIError.invalidValue(
                "since (\(UTCTimestamp.text(since))) is later than until "
                    + "(\(UTCTimestamp.text(until)))."
            )
        }
        return (since, until)
    }
}
