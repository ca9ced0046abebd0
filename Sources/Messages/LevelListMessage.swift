package import Foundation

/// The answer to a query of sound levels: the minutes, and how much of the time was measured.
package struct LevelListMessage: WireMessage {
    /// The beginning of the time asked for.
    package var from: Date
    /// The end of the time asked for.
    package var to: Date
    /// The minutes, the oldest first.
    package var levels: [LevelMinuteMessage]
    /// Each source over the whole time.
    package var summary: [LevelSummaryMessage]

    /// Creates the message from its parts.
    package init(
        from: Date,
        to: Date,
        levels: [LevelMinuteMessage],
        summary: [LevelSummaryMessage]
    ) {
        self.from = from
        self.to = to
        self.levels = levels
        self.summary = summary
    }

    package var json: JSONValue {
        .object([
            .init("levels", .array(levels.map(\.json))),
            .init("from", .moment(from)),
            .init("to", .moment(to)),
            .init("summary", .array(summary.map(\.json))),
        ])
    }

    private enum CodingKeys: String, CodingKey {
        case levels, from, to, summary
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        levels = try values.decode([LevelMinuteMessage].self, forKey: .levels)
        from = try values.decodeMoment(forKey: .from)
        to = try values.decodeMoment(forKey: .to)
        summary = try values.decode([LevelSummaryMessage].self, forKey: .summary)
    }
}
