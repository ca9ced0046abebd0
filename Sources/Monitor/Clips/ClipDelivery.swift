import Detection
import Settings

/// How a source's clips get from the thread that cuts them to who writes them.
struct ClipDelivery: Sendable {
    /// The source's place in the configuration.
    let source: Int
    /// What is kept.
    var settings: ClipSettings
    /// Takes a clip over, without waiting for anything.
    let take: @Sendable (ClipCut) -> Void

    /// What an event of one of the source's models is known by.
    func place(of event: DetectedEvent, model: Int) -> EventPlace {
        EventPlace(source: source, model: model, number: event.number)
    }
}
