package import Foundation

/// What became of the messages of a channel: of one receiver.
package struct DeliveryMessage: WireMessage {
    /// The channel, such as `night-bark/webhook`.
    package var channel: String
    /// How many messages wait.
    package var waiting: Int
    /// How many were delivered.
    package var delivered: Int
    /// How many were given up.
    package var givenUp: Int
    /// When one was delivered last; nil: never.
    package var lastDelivered: Date?
    /// When one was given up last; nil: never.
    package var lastGivenUp: Date?
    /// What went wrong last; nil: nothing ever.
    package var lastError: String?
    /// When that was.
    package var lastErrorTime: Date?

    /// Creates the message from its parts.
    package init(
        channel: String,
        waiting: Int = 0,
        delivered: Int = 0,
        givenUp: Int = 0,
        lastDelivered: Date? = nil,
        lastGivenUp: Date? = nil,
        lastError: String? = nil,
        lastErrorTime: Date? = nil
    ) {
        self.channel = channel
        self.waiting = waiting
        self.delivered = delivered
        self.givenUp = givenUp
        self.lastDelivered = lastDelivered
        self.lastGivenUp = lastGivenUp
        self.lastError = lastError
        self.lastErrorTime = lastErrorTime
    }

    /// Whether the last try failed, so that messages wait or were lost for it.
    package var isFailing: Bool {
        guard let lastErrorTime else { return false }
        return lastErrorTime > lastDelivered ?? .distantPast
    }

    private enum CodingKeys: String, CodingKey {
        case channel, waiting, delivered
        case givenUp = "given_up"
        case lastDelivered = "last_delivered"
        case lastGivenUp = "last_given_up"
        case lastError = "last_error"
        case lastErrorTime = "last_error_time"
    }
}

/// What the receivers of a rule answered to a test.
package struct RuleTrialMessage: WireMessage {
    /// The rule.
    package var rule: String
    /// The answer of each receiver, in the order of the rule's actions.
    package var answers: [RuleAnswerMessage]

    /// Creates the message from its parts.
    package init(rule: String, answers: [RuleAnswerMessage]) {
        self.rule = rule
        self.answers = answers
    }
}

/// What one receiver answered to a test.
package struct RuleAnswerMessage: WireMessage {
    /// The channel.
    package var channel: String
    /// Whether it has the message.
    package var isDelivered: Bool
    /// What it said, or why it has not.
    package var answer: String

    /// Creates the message from its parts.
    package init(channel: String, isDelivered: Bool, answer: String) {
        self.channel = channel
        self.isDelivered = isDelivered
        self.answer = answer
    }

    private enum CodingKeys: String, CodingKey {
        case channel
        case isDelivered = "delivered"
        case answer
    }
}

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
