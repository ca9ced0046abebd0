package import Foundation

/// What a user says that an event really was.
package struct LabelMessage: WireMessage {
    /// The class that it was; nil: a false alarm.
    package var className: String?
    /// Anything the user added.
    package var note: String?
    /// When the user said so; nil in a request, the server knows.
    package var labelledAt: Date?

    /// Creates the message from its parts.
    package init(className: String?, note: String? = nil, labelledAt: Date? = nil) {
        self.className = className
        self.note = note
        self.labelledAt = labelledAt
    }

    package var json: JSONValue {
        .object([
            .init("class", .string(className)),
            .init("note", .string(note)),
            .init("labelled", .moment(labelledAt)),
        ])
    }

    private enum CodingKeys: String, CodingKey {
        case className = "class"
        case note
        case labelledAt = "labelled"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        className = try values.decodeIfPresent(String.self, forKey: .className)
        note = try values.decodeIfPresent(String.self, forKey: .note)
        labelledAt = try values.decodeMomentIfPresent(forKey: .labelledAt)
    }
}
