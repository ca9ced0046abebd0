package import Foundation

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
    /// When the whole of it was last found undamaged; nil: not yet.
    package var checked: Date?
    /// How often it was found damaged, set aside and carried over since the service started.
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

    package var json: JSONValue {
        .object([
            .init("path", .string(path)),
            .init("size_bytes", .integer(sizeBytes)),
            .init("fault", .string(fault)),
            .init("waiting_events", .integer(Int64(waitingEvents))),
            .init("spooled_events", .integer(Int64(spooledEvents))),
            .init("checked", .moment(checked)),
            .init("rescues", .integer(Int64(rescues))),
        ])
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            path: try values.decode(String.self, forKey: .path),
            sizeBytes: try values.decode(Int64.self, forKey: .sizeBytes),
            fault: try values.decodeIfPresent(String.self, forKey: .fault),
            waitingEvents: try values.decode(Int.self, forKey: .waitingEvents),
            spooledEvents: try values.decode(Int.self, forKey: .spooledEvents),
            checked: try values.decodeMomentIfPresent(forKey: .checked),
            rescues: try values.decodeIfPresent(Int.self, forKey: .rescues) ?? 0
        )
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
