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

    /// Creates the message from its parts.
    package init(
        path: String,
        sizeBytes: Int64,
        fault: String? = nil,
        waitingEvents: Int = 0,
        spooledEvents: Int = 0
    ) {
        self.path = path
        self.sizeBytes = sizeBytes
        self.fault = fault
        self.waitingEvents = waitingEvents
        self.spooledEvents = spooledEvents
    }

    package var json: JSONValue {
        .object([
            .init("path", .string(path)),
            .init("size_bytes", .integer(sizeBytes)),
            .init("fault", .string(fault)),
            .init("waiting_events", .integer(Int64(waitingEvents))),
            .init("spooled_events", .integer(Int64(spooledEvents))),
        ])
    }

    private enum CodingKeys: String, CodingKey {
        case path
        case sizeBytes = "size_bytes"
        case fault
        case waitingEvents = "waiting_events"
        case spooledEvents = "spooled_events"
    }
}
