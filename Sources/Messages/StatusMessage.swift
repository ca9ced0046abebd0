package import Foundation

/// What the service is doing now.
package struct StatusMessage: WireMessage {
    /// The version of the program.
    package var version: String
    /// When the service started.
    package var started: Date
    /// For how long it has been running, in seconds.
    package var uptimeSeconds: Double
    /// The models in use, at least one.
    ///
    /// The JSON has the first of them as `model` too, for those who know of one only.
    package var models: [ModelStatusMessage]
    /// The event history.
    package var database: DatabaseStatusMessage
    /// The clips.
    package var clips: ClipStatusMessage
    /// Each source.
    package var sources: [SourceStatusMessage]
    /// The events that are going on.
    package var ongoing: [EventMessage]
    /// What a person should look at, a line each; empty if all is well.
    package var warnings: [String]

    /// Creates the message from its parts.
    package init(
        version: String,
        started: Date,
        uptimeSeconds: Double,
        models: [ModelStatusMessage],
        database: DatabaseStatusMessage,
        clips: ClipStatusMessage = ClipStatusMessage(keep: "none"),
        sources: [SourceStatusMessage],
        ongoing: [EventMessage] = [],
        warnings: [String] = []
    ) {
        self.version = version
        self.started = started
        self.uptimeSeconds = uptimeSeconds
        self.models = models
        self.database = database
        self.clips = clips
        self.sources = sources
        self.ongoing = ongoing
        self.warnings = warnings
    }

    package var json: JSONValue {
        .object([
            .init("version", .string(version)),
            .init("started", .moment(started)),
            .init("uptime_s", .number(uptimeSeconds, decimals: 1)),
            .init("model", models.first?.json ?? .null),
            .init("models", .array(models.map(\.json))),
            .init("database", database.json),
            .init("clips", clips.json),
            .init("sources", .array(sources.map(\.json))),
            .init("ongoing", .array(ongoing.map(\.json))),
            .init("warnings", .array(warnings.map { .string($0) })),
        ])
    }

    private enum CodingKeys: String, CodingKey {
        case version, started
        case uptimeSeconds = "uptime_s"
        case models, database, clips, sources, ongoing, warnings
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        version = try values.decode(String.self, forKey: .version)
        started = try values.decodeMoment(forKey: .started)
        uptimeSeconds = try values.decode(Double.self, forKey: .uptimeSeconds)
        models = try values.decode([ModelStatusMessage].self, forKey: .models)
        database = try values.decode(DatabaseStatusMessage.self, forKey: .database)
        clips = try values.decode(ClipStatusMessage.self, forKey: .clips)
        sources = try values.decode([SourceStatusMessage].self, forKey: .sources)
        ongoing = try values.decode([EventMessage].self, forKey: .ongoing)
        warnings = try values.decode([String].self, forKey: .warnings)
    }
}
