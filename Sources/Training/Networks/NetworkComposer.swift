import NeuralNetwork
import SoundDatasets

/// Writes a new network, layer after layer, with random weights.
struct NetworkComposer {
    private(set) var nodes: [Node] = []
    private(set) var weights: [Tensor] = []
    private var generator: SeededGenerator
    /// The value that the next layer reads.
    var value: String
    /// Its channels, or the numbers of a row.
    var channels: Int
    /// Its bands, the last axis of an image.
    var bands: Int
    /// What the network gives beside the logits.
    var outputs: [ValueInfo] = []

    init(input: String, channels: Int, bands: Int, seed: UInt64) {
        value = input
        self.channels = channels
        self.bands = bands
        generator = SeededGenerator(seed: seed)
    }

    /// Adds a node that reads `inputs`; the next layer reads what it gives.
    mutating func append(
        _ operatorType: String,
        _ inputs: [String],
        as output: String,
        _ attributes: [(String, [Int])] = [],
        numbers: [(String, Int)] = [],
        text: [(String, String)] = []
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
                    + text.map { Attribute(name: $0.0, value: .string($0.1)) }
            )
        )
        value = output
    }

    /// Random weights between ±`bound`.
    mutating func weight(_ name: String, _ shape: [Int], bound: Float) -> String {
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
        pads: [Int],
        groups: Int = 1
    ) {
        let taps = channels / groups * kernel.reduce(1, *)
        let weights = weight(
            "\(name).weight",
            [outputs, channels / groups] + kernel,
            bound: (6 / Float(taps)).squareRoot()
        )
        append(
            "Conv",
            [value, weights],
            as: "\(name).convolved",
            [("kernel_shape", kernel), ("strides", strides), ("pads", pads + pads)],
            numbers: groups > 1 ? [("group", groups)] : []
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
        bands = max(bands + 2 * pads[1] - kernel[1] + strides[1], 0) / strides[1]
    }

    /// Whole numbers that shape a node.
    mutating func integers(_ name: String, _ values: [Int]) -> String {
        weights.append(
            Tensor(name: name, shape: [values.count], integers: values.map { Int64($0) })
        )
        return name
    }

    /// Leaves a share of the numbers out in training.
    mutating func drop(_ name: String, share: Float) {
        weights.append(Tensor(name: "\(name).ratio", shape: [], floats: [share]))
        append("Dropout", [value, "\(name).ratio"], as: "\(name).kept")
    }

    /// Dropout and a fully connected layer.
    mutating func connect(_ name: String, outputs: Int, dropout: Float, as output: String) {
        drop(name, share: dropout)
        let bound = 1 / Float(channels).squareRoot()
        let parameters = [
            weight("\(name).weight", [outputs, channels], bound: bound),
            weight("\(name).bias", [outputs], bound: bound),
        ]
        append("Gemm", [value] + parameters, as: output, numbers: [("transB", 1)])
        channels = outputs
    }

    /// The network so far; its outputs are the class scores before any activation and what layers
    /// added to ``outputs``.
    func model(input: ValueInfo) -> Model {
        let logits = ValueInfo(
            name: Architecture.logitsName,
            elementType: .float32,
            shape: [.symbolic("N"), .fixed(channels)]
        )
        return Model(
            irVersion: 8,
            producerName: "earwitness",
            operatorSets: [OperatorSet(version: 13)],
            graph: Graph(
                name: "sound",
                nodes: nodes,
                initializers: weights,
                inputs: [input],
                outputs: [logits] + outputs
            )
        )
    }
}
