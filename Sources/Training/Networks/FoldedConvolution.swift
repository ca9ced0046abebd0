import NeuralNetwork

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
