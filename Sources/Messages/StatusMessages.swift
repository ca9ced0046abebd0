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
    /// The JSON has the first of them as `model` too, for clients that know only one.
    package var models: [ModelStatusMessage]
    /// The event history.
    package var database: DatabaseStatusMessage
    /// The clips.
    package var clips: ClipStatusMessage
    /// How many may listen live at once; 0: live listening is off.
    package var listenLive: Int
    /// What became of the messages of rules, a channel each.
    package var deliveries: [DeliveryMessage]
    /// The connection to the MQTT broker; nil, and missing in the JSON, if none is configured.
    package var mqtt: MQTTStatusMessage?
    /// Each source.
    package var sources: [SourceStatusMessage]
    /// The events that are going on.
    package var ongoing: [EventMessage]
    /// Warnings for people, one line each.
    package var warnings: [String]

    /// Creates the message from its parts.
    package init(
        version: String,
        started: Date,
        uptimeSeconds: Double,
        models: [ModelStatusMessage],
        database: DatabaseStatusMessage,
        clips: ClipStatusMessage = ClipStatusMessage(keep: "none"),
        listenLive: Int = 0,
        deliveries: [DeliveryMessage] = [],
        mqtt: MQTTStatusMessage? = nil,
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
        self.listenLive = listenLive
        self.deliveries = deliveries
        self.mqtt = mqtt
        self.sources = sources
        self.ongoing = ongoing
        self.warnings = warnings
    }

    package var json: JSONValue {
        let first = models.first?.json ?? .null
        return fields.inserting([.init("model", first)], after: "uptime_s")
    }

    private enum CodingKeys: String, CodingKey {
        case version, started
        case uptimeSeconds = "uptime_s"
        case models, database, clips
        case listenLive = "listen_live"
        case mqtt
        case deliveries, sources, ongoing, warnings
    }
}

/// The model that is in use.
package struct ModelStatusMessage: WireMessage {
    /// Its name.
    package var name: String
    /// Its version.
    package var version: String
    /// How many classes it tells apart.
    package var classCount: Int

    /// Creates the message from its parts.
    package init(name: String, version: String, classCount: Int) {
        self.name = name
        self.version = version
        self.classCount = classCount
    }

    private enum CodingKeys: String, CodingKey {
        case name, version
        case classCount = "classes"
    }
}

/// The state of the event history.
package struct DatabaseStatusMessage: WireMessage {
    /// Where it is.
    package var path: String
    /// The space it takes, in bytes.
    package var sizeBytes: Int64
    /// Why nothing can be written at present; nil if all is well.
    package var fault: String?
    /// The number of entries that wait in memory to be written; they would be lost by a crash.
    package var waitingEvents: Int
    /// The number of entries that are safe in the spool and wait for the database.
    package var spooledEvents: Int
    /// When the last integrity check passed; nil: not yet.
    package var checked: Date?
    /// How often it was found damaged and rescued since the service started.
    package var rescues: Int

    /// Creates the message from its parts.
    package init(
        path: String,
        sizeBytes: Int64,
        fault: String? = nil,
        waitingEvents: Int = 0,
        spooledEvents: Int = 0,
        checked: Date? = nil,
        rescues: Int = 0
    ) {
        self.path = path
        self.sizeBytes = sizeBytes
        self.fault = fault
        self.waitingEvents = waitingEvents
        self.spooledEvents = spooledEvents
        self.checked = checked
        self.rescues = rescues
    }

    private enum CodingKeys: String, CodingKey {
        case path
        case sizeBytes = "size_bytes"
        case fault
        case waitingEvents = "waiting_events"
        case spooledEvents = "spooled_events"
        case checked, rescues
    }
}

/// The state of the clips.
package struct ClipStatusMessage: WireMessage {
    /// Which events get a clip: `none`, `events` or `all`.
    package var keep: String
    /// The number of clips.
    package var count: Int
    /// The space they take, in bytes.
    package var sizeBytes: Int64
    /// The space they may take, in bytes.
    package var maxSizeBytes: Int64
    /// The number of clips written since the service started.
    package var written: Int64
    /// The number of clips that wait in memory to be written.
    package var waiting: Int
    /// The number of clips lost since the service started, because they could not be written.
    package var dropped: Int64
    /// The number of clips removed since the service started, by age or for space.
    package var expired: Int64
    /// Why the last clip could not be written; nil if all is well.
    package var fault: String?

    /// Creates the message from its parts.
    package init(
        keep: String,
        count: Int = 0,
        sizeBytes: Int64 = 0,
        maxSizeBytes: Int64 = 0,
        written: Int64 = 0,
        waiting: Int = 0,
        dropped: Int64 = 0,
        expired: Int64 = 0,
        fault: String? = nil
    ) {
        self.keep = keep
        self.count = count
        self.sizeBytes = sizeBytes
        self.maxSizeBytes = maxSizeBytes
        self.written = written
        self.waiting = waiting
        self.dropped = dropped
        self.expired = expired
        self.fault = fault
    }

    private enum CodingKeys: String, CodingKey {
        case keep, count
        case sizeBytes = "size_bytes"
        case maxSizeBytes = "max_size_bytes"
        case written, waiting, dropped, expired, fault
    }
}
