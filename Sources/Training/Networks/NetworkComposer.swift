import ONNXFormat

/// Writes a new network, layer after layer, with random weights.
struct NetworkComposer {
    private(set) var nodes: [Node] = []
    private(set) var weights: [Tensor] = []
    private var generator: SeededGenerator
    /// The value that the next layer reads.
    private(set) var value: String
    private var channels: Int

    init(input: String, channels: Int, seed: UInt64) {
        value = input
        self.channels = channels
        generator = SeededGenerator(seed: seed)
    }

    private mutating func append(
        _ operatorType: String,
        _ inputs: [String],
        as output: String,
        _ attributes: [(String, [Int])] = [],
        numbers: [(String, Int)] = []
    ) {
        let lists = attributes.map { name, values in
            Attribute(name: name, value: .ints(values.map { Int64($0) }))
        }
        let scalars = numbers.map { Attribute(name: $0.0, value: .int(Int64($0.1))) }
        nodes.append(
            Node(
                operatorType,
                name: output,
                inputs: inputs,
                outputs: [output],
                attributes: lists + scalars
            )
        )
        value = output
    }

    private mutating func weight(_ name: String, _ shape: [Int], bound: Float) -> String {
        let count = shape.reduce(1, *)
        let floats = (0..<count).map { _ in generator.uniform(-bound, bound) }
        weights.append(Tensor(name: name, shape: shape, floats: floats))
        return name
    }

    private mutating func constant(_ name: String, count: Int, _ value: Float) -> String {
        weights.append(
            Tensor(name: name, shape: [count], floats: [Float](repeating: value, count: count))
        )
        return name
    }

    /// Convolution, batch normalisation and rectifier.
    ///
    /// Weights are uniform with the variance 2 / inputs (He and others, 2015).
    mutating func convolve(
        _ name: String,
        channels outputs: Int,
        kernel: [Int],
        strides: [Int] = [1, 1],
        pads: [Int]
    ) {
        let taps = channels * kernel.reduce(1, *)
        let weights = weight(
            "\(name).weight",
            [outputs, channels] + kernel,
            bound: (6 / Float(taps)).squareRoot()
        )
        append(
            "Conv",
            [value, weights],
            as: "\(name).convolved",
            [("kernel_shape", kernel), ("strides", strides), ("pads", pads + pads)]
        )
        let statistics = [
            constant("\(name).scale", count: outputs, 1),
            constant("\(name).shift", count: outputs, 0),
            constant("\(name).mean", count: outputs, 0),
            constant("\(name).variance", count: outputs, 1),
        ]
        append("BatchNormalization", [value] + statistics, as: "\(name).normal")
        append("Relu", [value], as: name)
        channels = outputs
    }

    /// The maximum of windows side by side.
    mutating func poolMaximum(_ name: String, _ kernel: [Int]) {
        append("MaxPool", [value], as: name, [("kernel_shape", kernel), ("strides", kernel)])
    }

    /// The mean over frequency, then mean and maximum over time side by side.
    mutating func poolMeanAndMaximumOverTime(as name: String) {
        let keepsAxes = [("keepdims", 0)]
        append("ReduceMean", [value], as: "profile", [("axes", [3])], numbers: keepsAxes)
        append("ReduceMean", ["profile"], as: "mean", [("axes", [2])], numbers: keepsAxes)
        append("ReduceMax", ["profile"], as: "maximum", [("axes", [2])], numbers: keepsAxes)
        append("Concat", ["mean", "maximum"], as: name, numbers: [("axis", 1)])
        channels *= 2
    }

    /// The mean over the image.
    mutating func poolMean(as name: String) {
        append(
            "ReduceMean",
            [value],
            as: name,
            [("axes", [2, 3])],
            numbers: [("keepdims", 0)]
        )
    }

    /// Dropout and a fully connected layer.
    mutating func connect(_ name: String, outputs: Int, dropout: Float, as output: String) {
        weights.append(Tensor(name: "\(name).ratio", shape: [], floats: [dropout]))
        append("Dropout", [value, "\(name).ratio"], as: "\(name).kept")
        let bound = 1 / Float(channels).squareRoot()
        let parameters = [
            weight("\(name).weight", [outputs, channels], bound: bound),
            weight("\(name).bias", [outputs], bound: bound),
        ]
        append("Gemm", [value] + parameters, as: output, numbers: [("transB", 1)])
        channels = outputs
    }

    /// The network so far; its outputs are the class scores before any activation and the
    /// embedding.
    func model(input: ValueInfo, embeddingSize: Int) -> Model {
        func output(_ name: String, _ count: Int) -> ValueInfo {
            ValueInfo(
                name: name,
                elementType: .float32,
                shape: [.symbolic("N"), .fixed(count)]
            )
        }
        return Model(
            irVersion: 8,
            producerName: "earwitness",
            operatorSets: [OperatorSet(version: 13)],
            graph: Graph(
                name: "sound",
                nodes: nodes,
                initializers: weights,
                inputs: [input],
                outputs: [output("logits", channels), output("embedding", embeddingSize)]
            )
        )
    }
}
