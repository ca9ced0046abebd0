package import Foundation
package import Messages

extension MonitorClient {
    /// What the service is doing now.
    package func status() async throws(ClientError) -> StatusMessage {
        try await get(APIRoute.status.path)
    }

    /// Events, the oldest first, and how much of the time was listened to.
    ///
    /// - Parameters:
    ///   - since: Only events that begin at this time or later.
    ///   - until: Only events that begin before this time.
    ///   - classes: Only events of these classes; empty: all.
    ///   - source: Only events of this source.
    ///   - model: Only events that this model named.
    ///   - minScore: Only events with at least this peak score, 0...1.
    ///   - limit: At most so many, the newest, up to 10,000; nil: 1,000.
    /// - Returns: The events and the coverage.
    /// - Throws: ``ClientError``.
    package func events(
        since: Date? = nil,
        until: Date? = nil,
        classes: [String] = [],
        source: String? = nil,
        model: String? = nil,
        minScore: Double? = nil,
        limit: Int? = nil
    ) async throws(ClientError) -> EventListMessage {
        var query = classes.map { QueryItem("class", $0) }
        if let since {
            query.append(QueryItem("since", UTCTimestamp.text(since)))
        }
        if let until {
            query.append(QueryItem("until", UTCTimestamp.text(until)))
        }
        if let source {
            query.append(QueryItem("source", source))
        }
        if let model {
            query.append(QueryItem("model", model))
        }
        if let minScore {
            query.append(QueryItem("min_score", "\(minScore)"))
        }
        if let limit {
            query.append(QueryItem("limit", "\(limit)"))
        }
        return try await get(APIRoute.events.path, query: query)
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
        var query = [
            QueryItem("since", UTCTimestamp.text(since)),
            QueryItem("until", UTCTimestamp.text(until)), QueryItem("limit", "\(limit)"),
        ]
        if let source {
            query.append(QueryItem("source", source))
        }
        return try await get(APIRoute.levels.path, query: query)
    }

    /// Keeps what a user says that an event was; nil: a false alarm.
    package func label(
        event id: Int64,
        className: String?,
        note: String? = nil
    ) async throws(ClientError) -> EventMessage {
        let body = JSONValue.object([
            .init("class", .string(className)), .init("note", .string(note)),
        ])
        return try await post("/v1/events/\(id)/label", body)
    }

    /// The thresholds in force, model by model.
    package func thresholds() async throws(ClientError) -> [ThresholdMessage] {
        try await get(APIRoute.thresholds.path, as: ThresholdListMessage.self).thresholds
    }

    /// Changes the thresholds of a class at once and for good; gives back what is in force.
    package func setThreshold(
        _ className: String,
        of model: String? = nil,
        to change: ThresholdChange
    ) async throws(ClientError) -> ThresholdMessage {
        try await put(
            "/v1/thresholds/" + Self.escaped(className) + Self.query(model: model),
            change.json
        )
    }

    /// Takes back what was set for a class; gives back what is in force.
    package func resetThreshold(
        _ className: String,
        of model: String? = nil
    ) async throws(ClientError) -> ThresholdMessage {
        try await delete("/v1/thresholds/" + Self.escaped(className) + Self.query(model: model))
    }

    /// Takes back what was set for all classes, of a model or of all; gives back what is in force.
    package func resetThresholds(
        of model: String? = nil
    ) async throws(ClientError) -> [ThresholdMessage] {
        try await delete(
            APIRoute.resetThresholds.path + Self.query(model: model),
            as: ThresholdListMessage.self
        ).thresholds
    }

    private static func query(model: String?) -> String {
        model.map { "?model=" + escaped($0) } ?? ""
    }

    /// Makes the service read its configuration again.
    package func reload() async throws(ClientError) -> ReloadMessage {
        try await post(APIRoute.reload.path)
    }
}
