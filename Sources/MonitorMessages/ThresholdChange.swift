/// A request to change the thresholds of a class.
package struct ThresholdChange: WireMessage {
    /// The smoothed score at which an event opens, 0...1.
    package var on: Double
    /// The smoothed score under which it closes, 0...1; nil: as it follows from `on`.
    package var off: Double?

    /// Creates the request.
    package init(on: Double, off: Double? = nil) {
        self.on = on
        self.off = off
    }

    package var json: JSONValue {
        .object(
            [.init("on", .number(on))] + (off.map { [.init("off", .number($0))] } ?? [])
        )
    }
}
