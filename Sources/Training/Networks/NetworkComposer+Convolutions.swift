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
    /// Frames overlap tenfold, so that the first one takes every fourth.
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
