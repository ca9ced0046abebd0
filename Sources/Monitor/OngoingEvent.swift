import EventStore

/// An event whose end is not yet durable.
struct OngoingEvent {
    /// What is known of it.
    var record: EventRecord
    /// When its sound was at the device.
    let arrival: EventArrival
    /// Whether its beginning is durable, so that it may be shown.
    var isDurable = false
}
