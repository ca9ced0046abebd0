package import ModelLibrary
package import ONNXFormat

/// Makes of a trained network the one that the monitor runs.
package enum NetworkExport {
    /// The name of the output with a probability a class.
    package static let scoresName = "probs"

    /// The network without dropout, with batch normalisation folded into the convolutions and the
    /// activation at its end.
    package static func deployable(_ trained: Model, activation: ScoreActivation) -> Model {
        var model = trained
        removeDropout(from: &model.graph)
        foldNormalization(in: &model.graph)
        let operatorType: String? =
            switch activation {
            case .none: nil
            case .sigmoid: "Sigmoid"
            case .softmax: "Softmax"
            }
        if let operatorType {
            model.graph.nodes.append(
                Node(
                    operatorType,
                    name: scoresName,
                    inputs: [Architecture.logitsName],
                    outputs: [scoresName],
                    attributes: activation == .softmax
                        ? [Attribute(name: "axis", value: .int(1))] : []
                )
            )
            for index in model.graph.outputs.indices
            where model.graph.outputs[index].name == Architecture.logitsName {
                model.graph.outputs[index].name = scoresName
            }
        }
        let read = Set(model.graph.nodes.flatMap(\.inputs))
        model.graph.initializers.removeAll { !read.contains($0.name) }
        return model
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
