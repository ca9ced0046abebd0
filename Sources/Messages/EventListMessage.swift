/// The answer to a query of the history: events, and how much of the time was listened to.
package struct EventListMessage: WireMessage {
    /// The events, in the order asked for.
    package var events: [EventMessage]
    /// How much of the time asked for was really listened to.
    package var coverage: CoverageMessage

    /// Creates the message from its parts.
    package init(events: [EventMessage], coverage: CoverageMessage) {
        self.events = events
        self.coverage = coverage
    }

    package var json: JSONValue {
        .object([
            .init("events", .array(events.map(\.json))),
            .init("coverage", coverage.json),
        ])
    }
}
