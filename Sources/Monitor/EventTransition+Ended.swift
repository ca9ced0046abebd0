import Detection

extension EventTransition {
    /// The event that is over; nil for a beginning.
    var endedEvent: DetectedEvent? {
        if case .ended(let event) = self { event } else { nil }
    }
}
