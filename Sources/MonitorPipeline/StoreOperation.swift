import EventStore

/// One thing that is to be written to the history, in the order in which it happened.
enum StoreOperation: Sendable {
    /// An event begins.
    case begin(EventPlace, NewEvent)
    /// An event that began is over.
    case finish(EventPlace, EventEnding)
    /// What stretches of time were.
    case coverage([CoverageSpan])
    /// The scores of a stretch.
    case scores(ScoreBlock)
    /// The sound levels of a minute.
    case levels(LevelMinute)

    /// Whether losing it would lose an event.
    var isEssential: Bool {
        switch self {
        case .begin, .finish: true
        case .coverage, .scores, .levels: false
        }
    }
}
