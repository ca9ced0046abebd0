/// Where an event comes from while it has no row: what the detectors know it by.
struct EventPlace: Hashable, Sendable {
    /// The source's place in the configuration.
    let source: Int
    /// The model's place among the source's models.
    let model: Int
    /// The number that the model's detector gave the event.
    let number: Int
}
