import Foundation
import LogMelFeatures
import ModelLibrary
import NeuralNetwork

/// Several networks as one.
extension ContinuedNetwork {
    /// Combines the networks of several models: each logit is the mean of theirs.
    ///
    /// The embedding is theirs, one behind the other, so that their last layers become one. Its
    /// weights are theirs divided by their number. Where one was trained under another normalisation than
    /// the first, its input is rescaled.
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
        guard paths.count > 1 else {
            throw .invalidSetting(
                name: "--combine",
                found: paths.joined(separator: ", "),
                allowed: "two models or more"
            )
        }
        var members: [CombinedMember] = []
        for path in paths {
            members.append(
                try CombinedMember(path: path, classNames: classNames, settings: settings)
            )
        }
        name = paths.map { ($0 as NSString).lastPathComponent }.joined(separator: ", ")
        firstRecipe = members[0].model.about.provenance.recipe
        frontEnd = members[0].model.frontEnd
        windowFrames = members[0].model.windowFrames
        windowShape = Array(members[0].model.inputShape.dropFirst())
        frozenLayers = 0
        frozen = []
        teacher = nil
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
        body = Self.joined(members, frontEnd: frontEnd)
        do {
            digest = try Self.digest(of: body.graph, head: head)
        } catch {
            throw .unusableMember(path: paths[0], reason: "\(error)")
        }
    }

    /// The bodies beside each other, with their embeddings one behind the other.
    private static func joined(_ members: [CombinedMember], frontEnd: FrontEnd) -> Model {
        var joined = members[0].body(prefix: "member1.", frontEnd: frontEnd)
        for (index, member) in members.enumerated().dropFirst() {
            let body = member.body(prefix: "member\(index + 1).", frontEnd: frontEnd)
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
}

/// One of the models that are combined.
struct CombinedMember {
    let model: SoundModel
    /// Its network with floats for all weights.
    private let network: Model
    let head: NetworkHead
    /// Where each class is among its scores.
    private let places: [Int]

    init(
        path: String,
        classNames: [String],
        settings: TrainingSettings
    ) throws(TrainingError) {
        func misfit(_ reason: String) -> TrainingError {
            .unusableMember(path: path, reason: reason)
        }
        let fitting = try FittingModel(
            path: path,
            classNames: classNames,
            settings: settings,
            misfit: misfit
        )
        model = fitting.model
        network = model.network.withFloatWeights
        places = fitting.places
        head = try NetworkHead(
            of: network.graph,
            scores: model.about.network.scores,
            missing: misfit
        )
        guard head.weights.count == head.inputCount * head.outputCount,
            head.outputCount == classNames.count,
            head.bias.isEmpty || head.bias.count == head.outputCount
        else {
            throw misfit("its last layer does not give one value per class")
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
    ///
    /// - Parameters:
    ///   - prefix: What its names begin with.
    ///   - frontEnd: Under whose normalisation its input is.
    /// - Returns: A graph that gives the embedding under its name with the prefix.
    func body(prefix: String, frontEnd: FrontEnd) -> Model {
        var body = ContinuedNetwork.body(of: network, embedding: head.input)
        let rescaled = addRescaling(to: &body.graph, from: frontEnd)
        func renamed(_ name: String) -> String {
            name.isEmpty || name == Architecture.inputName ? name : prefix + name
        }
        for index in body.graph.nodes.indices {
            body.graph.nodes[index].name = renamed(body.graph.nodes[index].name)
            body.graph.nodes[index].inputs = body.graph.nodes[index].inputs.map {
                // The rescaling itself, the first node, reads what the front end gives.
                renamed($0 == Architecture.inputName && index > 0 ? rescaled : $0)
            }
            body.graph.nodes[index].outputs = body.graph.nodes[index].outputs.map(renamed)
        }
        for index in body.graph.initializers.indices {
            body.graph.initializers[index].name = renamed(body.graph.initializers[index].name)
        }
        return body
    }

    /// Begins a network with what brings its input under its own normalisation.
    ///
    /// - Returns: The value that replaces the input.
    private func addRescaling(to graph: inout Graph, from frontEnd: FrontEnd) -> String {
        let rescaling = PatchRescaling(from: frontEnd, to: model.frontEnd)
        guard let bands = rescaling.bands else { return Architecture.inputName }
        let shape =
            rescaling.isFramesByBands ? [1, 1, 1, bands.count] : [1, 1, bands.count, 1]
        graph.initializers += [
            Tensor(name: "rescaled.factor", shape: shape, floats: bands.map(\.factor)),
            Tensor(name: "rescaled.offset", shape: shape, floats: bands.map(\.offset)),
        ]
        graph.nodes.insert(
            contentsOf: [
                Node(
                    "Mul",
                    name: "rescaled.scaled",
                    inputs: [Architecture.inputName, "rescaled.factor"],
                    outputs: ["rescaled.scaled"]
                ),
                Node(
                    "Add",
                    name: "rescaled",
                    inputs: ["rescaled.scaled", "rescaled.offset"],
                    outputs: ["rescaled"]
                ),
            ],
            at: 0
        )
        return "rescaled"
    }
}
