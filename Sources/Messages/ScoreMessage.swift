/// One class's score.
package struct ScoreMessage: WireMessage {
    /// The name of the class, such as `dog_bark`.
    package var className: String
    /// The score, 0...1.
    package var score: Double
    /// The name of the model that gave it; nil, and missing in the JSON, where that is said once
    /// for all scores.
    package var model: String?

    /// Creates the message from its parts.
    package init(className: String, score: Double, model: String? = nil) {
        self.className = className
        self.score = score
        self.model = model
    }

    package var json: JSONValue {
        .object(
            [
                .init("class", .string(className)),
                .init("score", .number(score, decimals: 4)),
            ] + (model.map { [.init("model", .string($0))] } ?? [])
        )
    }

    private enum CodingKeys: String, CodingKey {
        case className = "class"
        case score, model
    }
}
