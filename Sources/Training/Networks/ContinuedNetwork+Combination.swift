import Foundation
import LogMelFeatures
import ModelLibrary
import NeuralNetwork

/// Several networks as one.
extension ContinuedNetwork {
    /// Takes the networks of several models together: what one says of a class is the mean of what
    /// they say, as logits.
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
        digest = FingerprintText.digest("\(body.graph) \(head?.weights ?? []) \(head?.bias ?? [])")
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
