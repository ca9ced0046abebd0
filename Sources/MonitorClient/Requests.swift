package import Foundation
package import Messages
import NIOHTTP1

extension MonitorClient {
    /// What the service is doing now.
    package func status() async throws(ClientError) -> StatusMessage {
        try await get(APIRoute.status.path)
    }

    /// Events, the oldest first unless another order is asked for, and how much of the time was listened to.
    ///
    /// - Parameters:
    ///   - since: Only events that begin at this time or later.
    ///   - until: Only events that begin before this time.
    ///   - classes: Only events of these classes; empty: all.
    ///   - source: Only events of this source.
    ///   - model: Only events that this model named.
    ///   - minScore: Only events with at least this peak score, 0...1.
    ///   - label: Only events of which a user said this: `right`, `wrong`, `any` or `none`.
    ///   - order: `oldest` first, `newest`, or by what they are `worth` to a person who labels them.
    ///   - limit: At most so many, the newest or the worthiest, up to 10,000; nil: 1,000.
    /// - Returns: The events and the coverage.
    /// - Throws: ``ClientError``.
    package func events(
        since: Date? = nil,
        until: Date? = nil,
        classes: [String] = [],
        source: String? = nil,
        model: String? = nil,
        minScore: Double? = nil,
        label: String? = nil,
        order: String? = nil,
        limit: Int? = nil
    ) async throws(ClientError) -> EventListMessage {
        var query: Query = classes.map { ("class", $0) }
        query += [
            ("since", since.map(UTCTimestamp.text)), ("until", until.map(UTCTimestamp.text)),
            ("source", source), ("model", model), ("min_score", minScore.map { "\($0)" }),
            ("label", label), ("order", order), ("limit", limit.map { "\($0)" }),
        ]
        return try await send(.GET, APIRoute.events.path, query: query)
    }

    /// An event by its number.
    package func event(_ id: Int64) async throws(ClientError) -> EventMessage {
        try await get("/v1/events/\(id)")
    }

    /// The file with the sound of an event.
    package func clip(ofEvent id: Int64) async throws(ClientError) -> [UInt8] {
        try await exchange(.GET, "/v1/events/\(id)/clip")
    }

    /// Every class that can be heard, and how it did in the last days, 1 to 366.
    package func sounds(days: Int) async throws(ClientError) -> SoundListMessage {
        try await send(.GET, APIRoute.sounds.path, query: [("days", "\(days)")])
    }

    /// The minutes' sound levels, the oldest first, and how much of the time was measured.
    ///
    /// - Parameters:
    ///   - since: The beginning.
    ///   - until: The end.
    ///   - source: Only levels of this source.
    ///   - limit: At most so many minutes, the newest, up to 100,000.
    /// - Returns: The minutes and the summary of each source.
    /// - Throws: ``ClientError``.
    package func levels(
        since: Date,
        until: Date,
        source: String?,
        limit: Int
    ) async throws(ClientError) -> LevelListMessage {
        try await send(
            .GET,
            APIRoute.levels.path,
            query: [
                ("since", UTCTimestamp.text(since)), ("until", UTCTimestamp.text(until)),
                ("source", source), ("limit", "\(limit)"),
            ]
        )
    }

    /// What is heard when, and what of the last week is unusual.
    ///
    /// - Parameters:
    ///   - since: The beginning; days are counted back from the end.
    ///   - until: The end.
    ///   - source: Only this source.
    /// - Returns: What is normal, and what is not.
    /// - Throws: ``ClientError``.
    package func insights(
        since: Date,
        until: Date,
        source: String?
    ) async throws(ClientError) -> InsightsMessage {
        try await send(
            .GET,
            APIRoute.insights.path,
            query: [
                ("since", UTCTimestamp.text(since)), ("until", UTCTimestamp.text(until)),
                ("source", source),
            ]
        )
    }

    /// What was heard that sounds like an event.
    package func similar(
        toEvent id: Int64,
        since: Date,
        until: Date,
        source: String?,
        limit: Int
    ) async throws(ClientError) -> SimilarMessage {
        try await send(
            .GET,
            "/v1/events/\(id)/similar",
            query: [
                ("since", UTCTimestamp.text(since)), ("until", UTCTimestamp.text(until)),
                ("source", source), ("limit", "\(limit)"),
            ]
        )
    }

    /// Stores a user's label of an event; nil: a false alarm.
    package func label(
        event id: Int64,
        className: String?,
        note: String? = nil,
        origin: LabelOrigin = .api
    ) async throws(ClientError) -> EventMessage {
        let body = JSONValue.object([
            .init("class", .string(className)), .init("note", .string(note)),
            .init("origin", .string(origin.rawValue)),
        ])
        return try await send(.POST, "/v1/events/\(id)/label", body: body)
    }

    /// The thresholds in force, model by model.
    package func thresholds() async throws(ClientError) -> [ThresholdMessage] {
        try await get(APIRoute.thresholds.path, as: ThresholdListMessage.self).thresholds
    }

    /// Changes the thresholds of a class at once and for good; returns what is in force.
    package func setThreshold(
        _ className: String,
        of model: String? = nil,
        to change: ThresholdChange
    ) async throws(ClientError) -> ThresholdMessage {
        try await send(
            .PUT,
            "/v1/thresholds/" + Self.escaped(className),
            query: [("model", model)],
            body: change.json
        )
    }

    /// What other rules of a class would have made of the past.
    ///
    /// - Parameters:
    ///   - className: The class.
    ///   - model: The model, where several have the class.
    ///   - trial: What is to be different.
    ///   - since: The beginning.
    ///   - until: The end.
    ///   - source: Only this source.
    ///   - limit: At most so many events that would come, and that would go.
    /// - Returns: What would come and go.
    /// - Throws: ``ClientError``.
    package func whatIf(
        _ className: String,
        of model: String?,
        _ trial: RuleTrial,
        since: Date,
        until: Date,
        source: String?,
        limit: Int
    ) async throws(ClientError) -> WhatIfMessage {
        try await send(
            .GET,
            "/v1/thresholds/" + Self.escaped(className) + "/try",
            query: [
                ("model", model), ("source", source), ("since", UTCTimestamp.text(since)),
                ("until", UTCTimestamp.text(until)), ("limit", "\(limit)"),
                ("on", trial.on.map { "\($0)" }), ("off", trial.off.map { "\($0)" }),
                ("min_duration_s", trial.minDurationSeconds.map { "\($0)" }),
                ("merge_gap_s", trial.mergeGapSeconds.map { "\($0)" }),
                ("smoothing_windows", trial.smoothingWindows.map { "\($0)" }),
            ]
        )
    }

    /// Which threshold of a class would have kept at most so many wrong events a week.
    ///
    /// - Parameters:
    ///   - className: The class.
    ///   - model: The model, where several have the class.
    ///   - maxFalseAlarmsPerWeek: How many are allowed.
    ///   - since: The beginning.
    ///   - until: The end.
    ///   - source: Only this source.
    /// - Returns: The threshold, and what it would have kept.
    /// - Throws: ``ClientError``.
    package func suggestThreshold(
        _ className: String,
        of model: String?,
        maxFalseAlarmsPerWeek: Double,
        since: Date,
        until: Date,
        source: String?
    ) async throws(ClientError) -> ThresholdAdviceMessage {
        try await send(
            .GET,
            "/v1/thresholds/" + Self.escaped(className) + "/suggest",
            query: [
                ("max_false_alarms_per_week", "\(maxFalseAlarmsPerWeek)"),
                ("model", model), ("source", source), ("since", UTCTimestamp.text(since)),
                ("until", UTCTimestamp.text(until)),
            ]
        )
    }

    /// Removes the threshold set for a class; returns what is in force.
    package func resetThreshold(
        _ className: String,
        of model: String? = nil
    ) async throws(ClientError) -> ThresholdMessage {
        try await send(
            .DELETE,
            "/v1/thresholds/" + Self.escaped(className),
            query: [("model", model)]
        )
    }

    /// Removes the thresholds set for all classes, of a model or of all; returns what is in force.
    package func resetThresholds(
        of model: String? = nil
    ) async throws(ClientError) -> [ThresholdMessage] {
        let list: ThresholdListMessage = try await send(
            .DELETE,
            APIRoute.resetThresholds.path,
            query: [("model", model)]
        )
        return list.thresholds
    }

    /// Makes a one-time token that opens the page.
    package func makeLink(minutes: Int) async throws(ClientError) -> LinkMessage {
        let body = JSONValue.object([.init("minutes", .integer(Int64(minutes)))])
        return try await send(.POST, APIRoute.makeLink.path, body: body)
    }

    /// Makes the service send a test message to each receiver of a rule.
    package func fireRule(_ name: String) async throws(ClientError) -> RuleTrialMessage {
        try await send(.POST, "/v1/rules/\(Self.escaped(name))/fire")
    }

    /// Makes the service read its configuration again.
    package func reload() async throws(ClientError) -> ReloadMessage {
        try await send(.POST, APIRoute.reload.path)
    }
}
