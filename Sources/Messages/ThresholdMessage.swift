/// The thresholds of a class of a model that are in force, and who set them.
package struct ThresholdMessage: WireMessage {
    /// The name of the class, such as `dog_bark`.
    package var className: String
    /// The name of the class for people, such as "Dog bark".
    package var label: String
    /// The name of the model whose class it is.
    package var model: String
    /// The smoothed score at which an event opens, 0...1.
    package var on: Double
    /// The smoothed score under which it closes, 0...1.
    package var off: Double
    /// Whether events of the class are reported at all.
    package var isReported: Bool
    /// Where `on` comes from: `default`, `model`, or a file and line.
    package var origin: String

    /// Creates the message from its parts.
    package init(
        className: String,
        label: String,
        model: String,
        on: Double,
        off: Double,
        isReported: Bool = true,
        origin: String
    ) {
        self.className = className
        self.label = label
        self.model = model
        self.on = on
        self.off = off
        self.isReported = isReported
        self.origin = origin
    }

    package var json: JSONValue {
        .object([
            .init("class", .string(className)),
            .init("label", .string(label)),
            .init("model", .string(model)),
            .init("on", .number(on, decimals: 4)),
            .init("off", .number(off, decimals: 4)),
            .init("reported", .bool(isReported)),
            .init("origin", .string(origin)),
        ])
    }

    private enum CodingKeys: String, CodingKey {
        case className = "class"
        case label, model, on, off
        case isReported = "reported"
        case origin
    }
}
