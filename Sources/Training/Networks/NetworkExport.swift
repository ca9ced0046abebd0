import ModelLibrary
import NeuralNetwork

/// Makes of a trained network the one that the monitor runs.
enum NetworkExport {
    /// The name of the output with a probability a class.
    static let scoresName = "probs"
    /// The name of the output with a probability a moment and class, where the network has one.
    static let frameScoresName = "framewise"

    /// The network without dropout, with batch normalisation folded into the convolutions and the
    /// activation at its end.
    static func deployable(_ trained: Model, activation: ScoreActivation) -> Model {
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

/// A convolution that does what it and the batch normalisation behind it did.
struct FoldedConvolution {
    let node: Node
    let weights: Tensor
    let bias: Tensor

    /// Folds, or gives nil where a weight is not a constant of floats.
    init?(_ convolution: Node, _ normalization: Node, _ constants: [String: Tensor]) {
        func floats(_ name: String) -> [Float]? {
            if case .float32(let values)? = constants[name]?.values { values } else { nil }
        }
        guard let kernel = constants[convolution.inputs[1]], var weights = floats(kernel.name),
            let scale = floats(normalization.inputs[1]),
            let shift = floats(normalization.inputs[2]),
            let mean = floats(normalization.inputs[3]),
            let variance = floats(normalization.inputs[4])
        else { return nil }
        var epsilon: Float = 1e-5
        if case .float(let value)? = normalization.attributes.first(where: { $0.name == "epsilon" }
        )?
        .value {
            epsilon = value
        }
        let channels = kernel.shape[0]
        var bias = [Float](repeating: 0, count: channels)
        if convolution.inputs.count > 2, let given = floats(convolution.inputs[2]) { bias = given }
        let taps = weights.count / max(channels, 1)
        for channel in 0..<channels {
            let factor = scale[channel] / (variance[channel] + epsilon).squareRoot()
            for tap in channel * taps..<(channel + 1) * taps { weights[tap] *= factor }
            bias[channel] = shift[channel] + (bias[channel] - mean[channel]) * factor
        }
        let biasName = "\(kernel.name).bias"
        var node = convolution
        node.inputs = [convolution.inputs[0], kernel.name, biasName]
        node.outputs = normalization.outputs
        self.node = node
        self.weights = Tensor(name: kernel.name, shape: kernel.shape, floats: weights)
        self.bias = Tensor(name: biasName, shape: [channels], floats: bias)
    }
}
