package import ModelLibrary
package import NeuralNetwork

/// Makes of a trained network the one that the monitor runs.
package enum NetworkExport {
    /// The name of the output with a probability a class.
    package static let scoresName = "probs"
    /// The name of the output with a probability a moment and class, where the network has one.
    package static let frameScoresName = "framewise"

    /// The network without dropout, with batch normalisation folded into the convolutions and the
    /// activation at its end.
    package static func deployable(_ trained: Model, activation: ScoreActivation) -> Model {
        var model = trained
        removeDropout(from: &model.graph)
        foldNormalization(in: &model.graph)
        activate(activation, Architecture.logitsName, as: scoresName, axis: 1, in: &model.graph)
        activate(
            activation,
            Architecture.frameLogitsName,
            as: frameScoresName,
            axis: 2,
            in: &model.graph
        )
        let read = Set(model.graph.nodes.flatMap(\.inputs))
        model.graph.initializers.removeAll { !read.contains($0.name) }
        return model
    }

    /// Puts the activation behind an output, if the network has that output.
    private static func activate(
        _ activation: ScoreActivation,
        _ logits: String,
        as name: String,
        axis: Int,
        in graph: inout Graph
    ) {
        guard activation != .none,
            let place = graph.outputs.firstIndex(where: { $0.name == logits })
        else { return }
        graph.outputs[place].name = name
        graph.nodes.append(
            Node(
                activation == .softmax ? "Softmax" : "Sigmoid",
                name: name,
                inputs: [logits],
                outputs: [name],
                attributes: activation == .softmax
                    ? [Attribute(name: "axis", value: .int(Int64(axis)))] : []
            )
        )
    }

    private static func removeDropout(from graph: inout Graph) {
        var sources: [String: String] = [:]
        for node in graph.nodes where node.operatorType == "Dropout" {
            sources[node.outputs[0]] = sources[node.inputs[0]] ?? node.inputs[0]
        }
        graph.nodes.removeAll { $0.operatorType == "Dropout" }
        for index in graph.nodes.indices {
            graph.nodes[index].inputs = graph.nodes[index].inputs.map { sources[$0] ?? $0 }
        }
    }

    /// Scales the weights of each convolution that only a normalisation reads.
    private static func foldNormalization(in graph: inout Graph) {
        var constants: [String: Tensor] = [:]
        for tensor in graph.initializers { constants[tensor.name] = tensor }
        var nodes: [Node] = []
        for node in graph.nodes {
            guard node.operatorType == "BatchNormalization",
                let place = nodes.firstIndex(where: { $0.outputs == [node.inputs[0]] }),
                nodes[place].operatorType == "Conv",
                graph.nodes.count(where: { $0.inputs.contains(node.inputs[0]) }) == 1,
                !graph.outputs.contains(where: { $0.name == node.inputs[0] }),
                let folded = FoldedConvolution(nodes[place], node, constants)
            else {
                nodes.append(node)
                continue
            }
            nodes[place] = folded.node
            graph.initializers.removeAll { $0.name == folded.weights.name }
            graph.initializers += [folded.weights, folded.bias]
        }
        graph.nodes = nodes
    }
}
