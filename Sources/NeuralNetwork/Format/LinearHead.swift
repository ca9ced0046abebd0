/// A linear layer with one output: what a class that was learnt afterwards adds to a network.
package struct LinearHead: Equatable, Sendable, Codable {
    /// A factor for each number of the embedding.
    package var weights: [Float]
    /// What is added to the sum.
    package var bias: Float

    /// Creates the layer from its parts.
    package init(weights: [Float], bias: Float) {
        self.weights = weights
        self.bias = bias
    }

    /// What it gives for an embedding of as many numbers as there are weights.
    package func value(of embedding: Span<Float>) -> Float {
        precondition(embedding.count == weights.count, "a head is for one length of embedding")
        var sum = bias
        for index in weights.indices { sum += weights[index] * embedding[index] }
        return sum
    }

    /// The layer whose result is `scale · value + offset`.
    package func scaled(by scale: Float, offset: Float = 0) -> LinearHead {
        LinearHead(weights: weights.map { $0 * scale }, bias: bias * scale + offset)
    }
}

extension Model {
    /// What is added behind a network's scores.
    package struct Addition: Sendable {
        /// The embedding that the heads read, and its length.
        package var embedding: String
        package var embeddingLength: Int
        /// The output with the scores, and how many of them there are.
        package var scores: String
        package var scoreCount: Int
        /// What the scores are.
        package var activation: Activation
        /// One new score each, after those that are there.
        package var heads: [LinearHead]
        /// Upper limits of scores, new ones included, as logits: each holds for several scores.
        package var limits: [(head: LinearHead, scales: [Int: (factor: Float, offset: Float)])]

        /// What scores are before and after the addition.
        package enum Activation: Sendable {
            /// Probabilities, as those that are added.
            case probabilities
            /// Logits, as those that are added.
            case logits
            /// Logits of exclusive classes before, probabilities after.
            case softmax
        }

        /// Creates the addition of nothing.
        package init(
            embedding: String,
            embeddingLength: Int,
            scores: String,
            scoreCount: Int,
            activation: Activation
        ) {
            self.embedding = embedding
            self.embeddingLength = embeddingLength
            self.scores = scores
            self.scoreCount = scoreCount
            self.activation = activation
            heads = []
            limits = []
        }
    }

    /// The network with more scores, and with limits to some of them.
    ///
    /// The scores become `[1, scoreCount + heads]` under their old name. Those that were there and
    /// have no limit keep their bits.
    /// - Parameter addition: What is added.
    /// - Returns: A network whose ``Graph/outputs`` have the embedding, too.
    package func adding(_ addition: Addition) -> Model {
        var model = self
        var builder = AdditionBuilder(addition)
        builder.build()
        let own = builder.ownScores
        for index in model.graph.nodes.indices {
            model.graph.nodes[index].rename(addition.scores, to: own)
        }
        model.graph.nodes += builder.nodes
        model.graph.initializers += builder.constants
        let count = addition.scoreCount + addition.heads.count
        for index in model.graph.outputs.indices
        where model.graph.outputs[index].name == addition.scores {
            model.graph.outputs[index].shape = [.fixed(1), .fixed(count)]
        }
        return model.exposing(addition.embedding)
    }
}

extension Node {
    /// Gives a value another name where the node reads or makes it.
    fileprivate mutating func rename(_ old: String, to new: String) {
        inputs = inputs.map { $0 == old ? new : $0 }
        outputs = outputs.map { $0 == old ? new : $0 }
    }
}

/// Makes the nodes of an addition.
private struct AdditionBuilder {
    private let addition: Model.Addition
    private(set) var nodes: [Node] = []
    private(set) var constants: [Tensor] = []

    /// The value that the scores were under before.
    var ownScores: String { name("own") }

    private var givesProbabilities: Bool { addition.activation != .logits }

    init(_ addition: Model.Addition) {
        self.addition = addition
    }

    mutating func build() {
        let row = reshaped(addition.embedding, to: "embedding")
        var scores = reshaped(ownScores, to: "scores")
        if addition.activation == .softmax { scores = node("Softmax", [scores], "softmax") }
        if !addition.heads.isEmpty {
            let logits = product(row, addition.heads, "heads")
            let added = givesProbabilities ? node("Sigmoid", [logits], "learnt") : logits
            scores = node(
                "Concat",
                [scores, added],
                "joined",
                attributes: [Attribute(name: "axis", value: .int(1))]
            )
        }
        for (index, limit) in addition.limits.enumerated() {
            scores = limited(scores, row, limit.head, limit.scales, "limit\(index)")
        }
        nodes.append(Node("Identity", inputs: [scores], outputs: [addition.scores]))
    }

    /// The least of some scores and a limit; a limit of no score is beyond every logit.
    private mutating func limited(
        _ scores: String,
        _ row: String,
        _ head: LinearHead,
        _ scales: [Int: (factor: Float, offset: Float)],
        _ step: String
    ) -> String {
        let count = addition.scoreCount + addition.heads.count
        var factors = [Float](repeating: 0, count: count)
        var offsets = [Float](repeating: Self.noLimit, count: count)
        for (place, scale) in scales { (factors[place], offsets[place]) = scale }
        let veto = product(row, [head], "\(step).head")
        let logits = node(
            "Gemm",
            [
                veto, constant("\(step).factors", [1, count], factors),
                constant("\(step).offsets", [count], offsets),
            ],
            "\(step).logits"
        )
        let cap = givesProbabilities ? node("Sigmoid", [logits], "\(step).cap") : logits
        return node("Min", [scores, cap], step)
    }

    /// A logit whose probability is 1 in single precision.
    private static let noLimit: Float = 1_000

    private mutating func product(_ row: String, _ heads: [LinearHead], _ step: String) -> String {
        let length = addition.embeddingLength
        precondition(heads.allSatisfy { $0.weights.count == length }, "heads fit the embedding")
        return node(
            "Gemm",
            [
                row, constant("\(step).weights", [heads.count, length], heads.flatMap(\.weights)),
                constant("\(step).bias", [heads.count], heads.map(\.bias)),
            ],
            step,
            attributes: [Attribute(name: "transB", value: .int(1))]
        )
    }

    private mutating func reshaped(_ value: String, to step: String) -> String {
        let shape = name("\(step).shape")
        constants.append(Tensor(name: shape, shape: [2], integers: [1, -1]))
        return node("Reshape", [value, shape], "\(step).row")
    }

    private mutating func constant(_ step: String, _ shape: [Int], _ floats: [Float]) -> String {
        constants.append(Tensor(name: name(step), shape: shape, floats: floats))
        return name(step)
    }

    private mutating func node(
        _ operatorType: String,
        _ inputs: [String],
        _ step: String,
        attributes: [Attribute] = []
    ) -> String {
        nodes.append(
            Node(
                operatorType,
                name: name(step),
                inputs: inputs,
                outputs: [name(step)],
                attributes: attributes
            )
        )
        return name(step)
    }

    /// A name that no exported network uses.
    private func name(_ step: String) -> String { "earwitness.learnt/\(step)" }
}
