import ModelLibrary
import ONNXFormat

/// Several networks as one.
extension ContinuedNetwork {
    /// Takes the networks of several models together: what one says of a class is the mean of what
    /// they say, as logits.
    ///
    /// The embedding is theirs, one behind the other, so that their last layers become one. Its
    /// weights are theirs divided by their number.
    ///
    /// - Parameters:
    ///   - paths: The model folders, at least two.
    ///   - classNames: The classes, of which each must have all and no other.
    ///   - settings: The training's, whose front end and window they must have.
    /// - Throws: What cannot be read, or which of them does not fit the others.
    package init(
        combining paths: [String],
        classNames: [String],
        settings: TrainingSettings
    ) throws(TrainingError) {
        func refusal(_ path: String, _ reason: String) -> TrainingError {
            .unusableMember(path: path, reason: reason)
        }
        guard let first = paths.first, paths.count > 1 else {
            throw .invalidSetting(
                name: "--combine",
                found: paths.joined(separator: ", "),
                allowed: "two models or more"
            )
        }
        var members: [Member] = []
        for path in paths {
            do {
                members.append(
                    try Member(path: path, classNames: classNames, settings: settings)
                )
            } catch .unusableTeacher(_, let reason) {
                throw refusal(path, reason)
            }
        }
        for (path, member) in zip(paths, members)
        where member.model.frontEnd != members[0].model.frontEnd {
            throw refusal(path, "its features are not normalised as those of '\(first)'")
        }
        name = members.map(\.model.name).joined(separator: ", ")
        frontEnd = members[0].model.frontEnd
        windowFrames = members[0].model.windowFrames
        windowShape = Array(members[0].model.inputShape.dropFirst())
        frozenLayers = 0
        frozen = []
        embeddingSize = members.reduce(0) { $0 + $1.head.inputCount }
        let share = 1 / Float(members.count)
        head = LastLayer(
            weights: classNames.indices.flatMap { place in
                members.flatMap { member in member.weights(of: place).map { $0 * share } }
            },
            bias: classNames.indices.map { place in
                members.reduce(0) { $0 + $1.bias(of: place) } * share
            }
        )
        body = Self.joined(members)
        digest = FingerprintText.digest("\(body.graph)")
    }

    /// The bodies beside each other, with their embeddings one behind the other.
    private static func joined(_ members: [Member]) -> Model {
        var joined = members[0].body(prefix: "member1.")
        for (index, member) in members.enumerated().dropFirst() {
            let body = member.body(prefix: "member\(index + 1).")
            joined.graph.nodes += body.graph.nodes
            joined.graph.initializers += body.graph.initializers
        }
        joined.graph.nodes.append(
            Node(
                "Concat",
                name: Architecture.embeddingName,
                inputs: members.indices.map { "member\($0 + 1).\(Architecture.embeddingName)" },
                outputs: [Architecture.embeddingName],
                attributes: [Attribute(name: "axis", value: .int(1))]
            )
        )
        return joined
    }

    /// One of the models that are taken together.
    private struct Member {
        let model: SoundModel
        let head: NetworkHead
        /// Where each class is among its scores.
        private let places: [Int]

        init(
            path: String,
            classNames: [String],
            settings: TrainingSettings
        ) throws(TrainingError) {
            // What makes a model fit to teach makes it fit to be one of several.
            let fitting = try Teacher(path: path, classNames: classNames, settings: settings)
            model = fitting.model
            places = fitting.places
            do {
                head = try NetworkHead(
                    of: model.network.graph,
                    scores: model.about.network.scores
                )
            } catch {
                throw .unusableMember(path: path, reason: error.reason)
            }
            guard head.weights.count == head.inputCount * head.outputCount,
                head.outputCount == classNames.count,
                head.bias.isEmpty || head.bias.count == head.outputCount
            else {
                throw .unusableMember(
                    path: path,
                    reason: "its last layer does not give one number for each class"
                )
            }
        }

        /// The weights of a class of the training: [embedding].
        func weights(of place: Int) -> ArraySlice<Float> {
            let start = places[place] * head.inputCount
            return head.weights[start..<start + head.inputCount]
        }

        func bias(of place: Int) -> Float {
            head.bias.isEmpty ? 0 : head.bias[places[place]]
        }

        /// All but the last layer, every name but the input's with a prefix.
        func body(prefix: String) -> Model {
            var body = ContinuedNetwork.body(of: model.network, embedding: head.input)
            func renamed(_ name: String) -> String {
                name.isEmpty || name == Architecture.inputName ? name : prefix + name
            }
            for index in body.graph.nodes.indices {
                body.graph.nodes[index].name = renamed(body.graph.nodes[index].name)
                body.graph.nodes[index].inputs = body.graph.nodes[index].inputs.map(renamed)
                body.graph.nodes[index].outputs = body.graph.nodes[index].outputs.map(renamed)
            }
            for index in body.graph.initializers.indices {
                body.graph.initializers[index].name = renamed(body.graph.initializers[index].name)
            }
            return body
        }
    }
}
