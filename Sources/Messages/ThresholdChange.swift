/// A request to change the threshold of a class.
package struct ThresholdChange: WireMessage {
    /// The smoothed score at which an event opens, 0...1; where it closes moves in proportion.
    package var on: Double

    /// Creates the request.
    package init(on: Double) {
        self.on = on
    }

    package var json: JSONValue {
        .object([.init("on", .number(on))])
    }
}
