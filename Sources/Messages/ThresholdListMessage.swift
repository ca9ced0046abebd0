/// The thresholds of all classes.
package struct ThresholdListMessage: WireMessage {
    /// The thresholds, model by model, each in its own order of classes.
    package var thresholds: [ThresholdMessage]

    /// Creates the message.
    package init(thresholds: [ThresholdMessage]) {
        self.thresholds = thresholds
    }

    package var json: JSONValue {
        .object([.init("thresholds", .array(thresholds.map(\.json)))])
    }
}
