/// What became of the sound of an event.
package struct ClipMessage: WireMessage {
    /// The number of the event.
    package var eventID: Int64
    /// The clip, relative to the folder of clips; nil when there is none any more.
    package var clip: String?

    /// Creates the message from its parts.
    package init(eventID: Int64, clip: String?) {
        self.eventID = eventID
        self.clip = clip
    }

    package var json: JSONValue {
        .object([.init("id", .integer(eventID)), .init("clip", .string(clip))])
    }

    private enum CodingKeys: String, CodingKey {
        case eventID = "id"
        case clip
    }
}
