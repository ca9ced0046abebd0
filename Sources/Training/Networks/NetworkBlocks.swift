import NeuralNetwork

extension NetworkComposer {
    /// No padding in time, so that it runs on a stream; frequency is padded.
    mutating func addStreamed(channels: [Int]) {
        convolve("conv1", channels: channels[0], kernel: [5, 5], strides: [2, 2], pads: [0, 2])
        convolve("conv2", channels: channels[1], kernel: [3, 3], pads: [0, 1])
        poolMaximum("pool2", [2, 2])
        convolve("conv3", channels: channels[2], kernel: [3, 3], pads: [0, 1])
        poolMaximum("pool3", [2, 2])
        convolve("conv4", channels: channels[3], kernel: [3, 3], pads: [0, 1])
        poolMeanAndMaximumOverTime()
    }

    /// Blocks of a convolution and a pool each, and the mean of the last image.
    mutating func addImageBlocks(channels: [Int], kernel: Int) {
        for (index, channels) in channels.enumerated() {
            convolve(
                "conv\(index + 1)",
                channels: channels,
                kernel: [kernel, kernel],
                pads: [kernel / 2, kernel / 2]
            )
            poolMaximum("pool\(index + 1)", [2, 2])
        }
        append(
            "ReduceMean",
            [value],
            as: Architecture.embeddingName,
            [("axes", [2, 3])],
            numbers: [("keepdims", 0)]
        )
        giveEmbedding()
    }

    /// Two convolutions over a finely spaced spectrum; each frequency keeps its place.
    ///
    /// Frames overlap tenfold, so that the first convolution reads every fourth.
    mutating func addSpectrumBlocks(channels: [Int]) {
        convolve("conv1", channels: channels[0], kernel: [3, 3], strides: [4, 2], pads: [0, 0])
        poolMaximum("pool1", [2, 2])
        convolve("conv2", channels: channels[1], kernel: [3, 3], pads: [0, 0])
        poolMaximum("pool2", [2, 2])
        let axes = [("axes", [2])]
        let image = value
        append("ReduceMean", [image], as: "mean", axes, numbers: [("keepdims", 0)])
        append("ReduceMax", [image], as: "maximum", axes, numbers: [("keepdims", 0)])
        append("Concat", ["mean", "maximum"], as: "profile", numbers: [("axis", 1)])
        append("Flatten", ["profile"], as: Architecture.embeddingName, numbers: [("axis", 1)])
        self.channels *= 2 * bands
        giveEmbedding()
    }

    /// Exchanges the two axes of the plane.
    mutating func transposePlane() {
        append("Transpose", [value], as: "frames_by_bands", [("perm", [0, 1, 3, 2])])
    }

    /// The maximum of windows side by side.
    mutating func poolMaximum(_ name: String, _ kernel: [Int]) {
        append("MaxPool", [value], as: name, [("kernel_shape", kernel), ("strides", kernel)])
        bands /= kernel[1]
    }

    /// The mean over frequency, then mean and maximum over time side by side.
    private mutating func poolMeanAndMaximumOverTime() {
        let keepsAxes = [("keepdims", 0)]
        append("ReduceMean", [value], as: "profile", [("axes", [3])], numbers: keepsAxes)
        append("ReduceMean", ["profile"], as: "mean", [("axes", [2])], numbers: keepsAxes)
        append("ReduceMax", ["profile"], as: "maximum", [("axes", [2])], numbers: keepsAxes)
        append(
            "Concat",
            ["mean", "maximum"],
            as: Architecture.embeddingName,
            numbers: [("axis", 1)]
        )
        channels *= 2
        giveEmbedding()
    }

    /// Makes the present value, a row of numbers, the output `embedding`.
    mutating func giveEmbedding() {
        outputs.append(
            ValueInfo(
                name: Architecture.embeddingName,
                elementType: .float32,
                shape: [.symbolic("N"), .fixed(channels)]
            )
        )
    }
}

extension NetworkComposer {
    /// Convolutions with split attention, each followed by a pool; time is padded.
    mutating func addAttentionBlocks(channels: [Int]) {
        let pools = [[2, 2], [2, 2], [1, 2]]
        for (index, channels) in channels.enumerated() {
            convolveSplit("block\(index + 1)", channels: channels)
            if index < pools.count { poolMaximum("pool\(index + 1)", pools[index]) }
        }
    }

    /// A convolution in two halves, which attention over channels mixes.
    ///
    /// Split attention with two splits (Zhang and others 2020, "ResNeSt", section 3.1): both halves
    /// together, averaged over the image, decide by two small layers how much each contributes.
    mutating func convolveSplit(_ name: String, channels outputs: Int) {
        convolve(
            "\(name).halves",
            channels: 2 * outputs,
            kernel: [3, 3],
            pads: [1, 1],
            groups: channels.isMultiple(of: 2) ? 2 : 1
        )
        let planes = integers("\(name).planes", [0, 2, outputs, -1, bands])
        append("Reshape", [value, planes], as: "\(name).split")
        let overHalves = integers("\(name).axis", [1])
        let keepsAxes = [("keepdims", 0)]
        append("ReduceSum", [value, overHalves], as: "\(name).sum", numbers: keepsAxes)
        append("GlobalAveragePool", [value], as: "\(name).mean")
        channels = outputs
        project("\(name).squeezed", channels: max(outputs / 4, 8))
        append("Relu", [value], as: "\(name).narrow")
        project("\(name).wanted", channels: 2 * outputs)
        let shares = integers("\(name).shares", [0, 2, outputs, 1, 1])
        append("Reshape", [value, shares], as: "\(name).pairs")
        append("Softmax", [value], as: "\(name).attention", numbers: [("axis", 1)])
        append("Mul", ["\(name).split", value], as: "\(name).weighted")
        append("ReduceSum", [value, overHalves], as: name, numbers: keepsAxes)
        channels = outputs
    }

    /// A 1×1 convolution with a bias.
    private mutating func project(_ name: String, channels outputs: Int) {
        let bound = 1 / Float(channels).squareRoot()
        let parameters = [
            weight("\(name).weight", [outputs, channels, 1, 1], bound: bound),
            weight("\(name).bias", [outputs], bound: bound),
        ]
        append("Conv", [value] + parameters, as: name, [("kernel_shape", [1, 1])])
        channels = outputs
    }

    /// A recurrent unit both ways over the mean of each moment's bands, a score a moment and class,
    /// and the mean of those scores weighted by attention over time.
    mutating func addRecurrentHead(hidden: Int, classCount: Int, dropout: Float) {
        append("ReduceMean", [value], as: "moments", [("axes", [3])], numbers: [("keepdims", 0)])
        append("Transpose", [value], as: "sequence", [("perm", [2, 0, 1])])
        recur("recurrent", hidden: hidden)
        append("Transpose", [value], as: "directions", [("perm", [2, 0, 1, 3])])
        let joined = integers("joined.shape", [0, 0, 2 * hidden])
        append("Reshape", [value, joined], as: "joined")
        channels = 2 * hidden
        append(
            "ReduceMean",
            ["joined"],
            as: Architecture.embeddingName,
            [("axes", [1])],
            numbers: [("keepdims", 0)]
        )
        giveEmbedding()

        value = "joined"
        drop("classes", share: dropout)
        let states = value
        rate("importance", states: states, classCount: classCount)
        append("Softmax", [value], as: "attention", numbers: [("axis", 1)])
        rate(Architecture.frameLogitsName, states: states, classCount: classCount)
        outputs.append(
            ValueInfo(
                name: Architecture.frameLogitsName,
                elementType: .float32,
                shape: [.symbolic("N"), .symbolic("moments"), .fixed(classCount)]
            )
        )
        append("Mul", [value, "attention"], as: "attended")
        let overTime = integers("time", [1])
        append(
            "ReduceSum",
            [value, overTime],
            as: Architecture.logitsName,
            numbers: [("keepdims", 0)]
        )
        channels = classCount
    }

    /// A gated recurrent unit both ways, [time, batch, features] to [time, 2, batch, hidden].
    private mutating func recur(_ name: String, hidden: Int) {
        let bound = 1 / Float(hidden).squareRoot()
        let parameters = [
            weight("\(name).input", [2, 3 * hidden, channels], bound: bound),
            weight("\(name).state", [2, 3 * hidden, hidden], bound: bound),
            weight("\(name).bias", [2, 6 * hidden], bound: bound),
        ]
        append(
            "GRU",
            [value] + parameters,
            as: name,
            numbers: [("hidden_size", hidden), ("linear_before_reset", 1)],
            text: [("direction", "bidirectional")]
        )
    }

    /// A number a moment and class.
    private mutating func rate(_ name: String, states: String, classCount: Int) {
        let bound = 1 / Float(channels).squareRoot()
        let weights = weight("\(name).weight", [channels, classCount], bound: bound)
        let bias = weight("\(name).bias", [classCount], bound: bound)
        append("MatMul", [states, weights], as: "\(name).product")
        append("Add", [value, bias], as: name)
    }
}
