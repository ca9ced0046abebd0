package import Foundation

/// The highest scores of a window, as the stream gives them.
package struct ScoresMessage: WireMessage {
    /// The name of the source.
    package var source: String
    /// The name of the model that gave the scores.
    package var model: String
    /// The end of the window.
    package var time: Date
    /// The highest scores, the highest first; at most ten.
    package var scores: [ScoreMessage]

    /// Creates the message from its parts.
    package init(source: String, model: String, time: Date, scores: [ScoreMessage]) {
        self.source = source
        self.model = model
        self.time = time
        self.scores = scores
    }

    package var json: JSONValue {
        .object([
            .init("source", .string(source)),
            .init("model", .string(model)),
            .init("time", .moment(time)),
            .init("scores", .array(scores.map(\.json))),
        ])
    }

    private enum CodingKeys: String, CodingKey {
        case source, model, time, scores
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        source = try values.decode(String.self, forKey: .source)
        model = try values.decode(String.self, forKey: .model)
        time = try values.decodeMoment(forKey: .time)
        scores = try values.decode([ScoreMessage].self, forKey: .scores)
    }
}
