/// One class's score.
package struct ScoreMessage: WireMessage {
    /// The name of the class, such as `dog_bark`.
    package var className: String
    /// The score, 0...1.
    package var score: Double

    /// Creates the message from its parts.
    package init(className: String, score: Double) {
        self.className = className
        self.score = score
    }

    package var json: JSONValue {
        .object([
            .init("class", .string(className)),
            .init("score", .number(score, decimals: 4)),
        ])
    }

    private enum CodingKeys: String, CodingKey {
        case className = "class"
        case score
    }
}
