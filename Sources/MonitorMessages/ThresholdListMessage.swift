/// The thresholds of all classes.
package struct ThresholdListMessage: WireMessage {
    /// The thresholds, by class, in the model's order.
    package var thresholds: [ThresholdMessage]

    /// Creates the message.
    package init(thresholds: [ThresholdMessage]) {
        self.thresholds = thresholds
    }

    package var json: JSONValue {
        .object([.init("thresholds", .array(thresholds.map(\.json)))])
    }
}
