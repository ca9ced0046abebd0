package import Foundation

/// The connection to the MQTT broker.
package struct MQTTStatusMessage: WireMessage {
    /// The broker, such as `broker.lan:1883`.
    package var broker: String
    /// Whether the broker has accepted the connection.
    package var isConnected: Bool
    /// Since when it has, or has not.
    package var since: Date?
    /// Why there is no connection; nil if all is well.
    package var fault: String?
    /// The number of events that wait on disk for the broker.
    package var waiting: Int
    /// The number of events that the broker has taken since the outbox was begun.
    package var delivered: Int
    /// The number of events that were given up because they waited for too long.
    package var givenUp: Int

    /// Creates the message from its parts.
    package init(
        broker: String,
        isConnected: Bool,
        since: Date?,
        fault: String? = nil,
        waiting: Int = 0,
        delivered: Int = 0,
        givenUp: Int = 0
    ) {
        self.broker = broker
        self.isConnected = isConnected
        self.since = since
        self.fault = fault
        self.waiting = waiting
        self.delivered = delivered
        self.givenUp = givenUp
    }

    private enum CodingKeys: String, CodingKey {
        case broker
        case isConnected = "connected"
        case since, fault, waiting, delivered
        case givenUp = "given_up"
    }
}
