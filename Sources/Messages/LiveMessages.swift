package import Foundation

/// Something that happens now, as the stream sends it.
package enum LiveMessage: Sendable, Equatable {
    /// An event began (its end is `null`) or is over.
    case event(EventMessage)
    /// The sound of an event is kept, or gone.
    case clip(ClipMessage)
    /// The scores of a window.
    case scores(ScoresMessage)
    /// A peak of a class's score that became no event.
    case near(NearMessage)
    /// The level of a source.
    case level(LevelMessage)
    /// What the service is doing; sent when it changes, and every few seconds.
    case status(StatusMessage)

    /// The kinds of messages, by their names in the stream.
    package enum Kind: String, Sendable, CaseIterable {
        /// An event began or is over.
        case event
        /// The sound of an event is kept, or gone.
        case clip
        /// The scores of a window.
        case scores
        /// A peak of a class's score that became no event.
        case near
        /// The level of a source.
        case level
        /// What the service is doing.
        case status
    }

    /// The kind of the message.
    package var kind: Kind {
        switch self {
        case .event: .event
        case .clip: .clip
        case .scores: .scores
        case .near: .near
        case .level: .level
        case .status: .status
        }
    }

    /// The message as JSON.
    package var json: JSONValue {
        switch self {
        case .event(let message): message.json
        case .clip(let message): message.json
        case .scores(let message): message.json
        case .near(let message): message.json
        case .level(let message): message.json
        case .status(let message): message.json
        }
    }
}

/// The scores of a window, as the stream gives them.
package struct ScoresMessage: WireMessage {
    /// The name of the source.
    package var source: String
    /// The name of the model that gave the scores.
    package var model: String
    /// The end of the window.
    package var time: Date
    /// The scores of the window, in the model's order; none while the gate is closed.
    package var scores: [ScoreMessage]
    /// The score of each class after smoothing, which thresholds are compared with; nil, and
    /// missing in the JSON, from a service of an earlier version.
    package var smoothed: [String: Double]?

    /// Creates the message from its parts.
    package init(
        source: String,
        model: String,
        time: Date,
        scores: [ScoreMessage],
        smoothed: [String: Double]? = nil
    ) {
        self.source = source
        self.model = model
        self.time = time
        self.scores = scores
        self.smoothed = smoothed
    }
}

/// One class's score.
package struct ScoreMessage: WireMessage {
    /// The name of the class, such as `dog_bark`.
    package var className: String
    /// The score, 0...1.
    package var score: Double
    /// The name of the model that gave it; nil, and missing in the JSON, where that is said once
    /// for all scores.
    package var model: String?

    /// Creates the message from its parts.
    package init(className: String, score: Double, model: String? = nil) {
        self.className = className
        self.score = score
        self.model = model
    }

    private enum CodingKeys: String, CodingKey {
        case className = "class"
        case score, model
    }
}

/// One message of a stream of server-sent events.
///
/// The format is that of the WHATWG HTML standard, §9.2.
package struct ServerSentEvent: Equatable, Sendable {
    package var name: String
    package var data: String
    package var id: String?

    /// Makes a message of its three fields.
    package init(name: String, data: String, id: String? = nil) {
        self.name = name
        self.data = data
        self.id = id
    }

    /// Makes the message that carries a live message.
    package init(_ placed: PlacedMessage) {
        self.init(
            name: placed.message.kind.rawValue,
            data: placed.message.json.text,
            id: placed.position.description
        )
    }

    /// The message as it is sent; its data is one line.
    package var text: String {
        let idLine = id.map { "id: \($0)\n" } ?? ""
        return "event: \(name)\n\(idLine)data: \(data)\n\n"
    }
}
