/// Something that happens now, as the stream tells it.
package enum LiveMessage: Sendable, Equatable {
    /// An event began (its end is `null`) or is over.
    case event(EventMessage)
    /// The sound of an event is kept, or gone.
    case clip(ClipMessage)
    /// The scores of a window.
    case scores(ScoresMessage)
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
        case .level(let message): message.json
        case .status(let message): message.json
        }
    }
}
