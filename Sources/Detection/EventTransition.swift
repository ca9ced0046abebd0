/// What a detector decided at a hop.
package enum EventTransition: Equatable, Sendable {
    /// A sound has lasted `min_duration_s` and became an event, which is in progress.
    case began(DetectedEvent)
    /// An event that began is over, and nothing that follows will be merged into it.
    case ended(DetectedEvent)
}
