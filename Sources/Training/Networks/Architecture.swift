package import LogMelFeatures
package import ONNXFormat

/// A kind of network that can be trained from nothing, with the front end that it wants.
package enum Architecture: String, CaseIterable, Sendable {
    /// Four convolutions, under 100 thousand numbers; runs on a stream.
    case small
    /// The same with twice the channels, under 500 thousand numbers.
    case medium
    /// Four blocks over images of 128 bands by 128 frames of 44.1 kHz sound.
    case mel128
    /// Two blocks of 5×5 convolutions over 60 bands, as for city sounds.
    case urban

    /// The name of the network's input.
    package static let inputName = "logmel"
    /// The name of the value with a number a class, before the activation.
    package static let logitsName = "logits"
    /// The name of the output with the last layer's input.
    package static let embeddingName = "embedding"

    /// From samples to features, without the normalisation, which comes from the data.
    package var frontEnd: FrontEnd {
        switch self {
        case .small, .medium: Preset.earwitness.frontEnd
        case .mel128: Preset.mel128.frontEnd
        case .urban: Preset.urban.frontEnd
        }
    }

    /// The number of frames that the network sees at once.
    package var windowFrames: Int {
        switch self {
        case .small, .medium: 96
        case .mel128: 128
        case .urban: 41
        }
    }

    /// Frames from one window to the next when a whole clip is scored.
    package var hopFrames: Int { windowFrames / 4 }

    /// A network with random weights.
    package func network(classCount: Int, seed: UInt64) -> Model {
        switch self {
        case .small: streamed(classCount, seed, channels: [16, 32, 64, 126])
        case .medium: streamed(classCount, seed, channels: [32, 64, 128, 256])
        case .mel128: image(classCount, seed)
        case .urban: twoBlocks(classCount, seed)
        }
    }

    /// No padding in time, so that it runs on a stream; frequency is padded.
    private func streamed(_ classCount: Int, _ seed: UInt64, channels: [Int]) -> Model {
        var composer = NetworkComposer(input: Self.inputName, channels: 1, seed: seed)
        composer.convolve(
            "conv1",
            channels: channels[0],
            kernel: [5, 5],
            strides: [2, 2],
            pads: [0, 2]
        )
        composer.convolve("conv2", channels: channels[1], kernel: [3, 3], pads: [0, 1])
        composer.poolMaximum("pool2", [2, 2])
        composer.convolve("conv3", channels: channels[2], kernel: [3, 3], pads: [0, 1])
        composer.poolMaximum("pool3", [2, 2])
        composer.convolve("conv4", channels: channels[3], kernel: [3, 3], pads: [0, 1])
        composer.poolMeanAndMaximumOverTime(as: Self.embeddingName)
        composer.connect("classes", outputs: classCount, dropout: 0.2, as: Self.logitsName)
        return composer.model(input: input, embeddingSize: 2 * channels[3])
    }

    private func image(_ classCount: Int, _ seed: UInt64) -> Model {
        var composer = NetworkComposer(input: Self.inputName, channels: 1, seed: seed)
        for (index, channels) in [16, 32, 64, 128].enumerated() {
            composer.convolve(
                "conv\(index + 1)",
                channels: channels,
                kernel: [3, 3],
                pads: [1, 1]
            )
            composer.poolMaximum("pool\(index + 1)", [2, 2])
        }
        composer.poolMean(as: Self.embeddingName)
        composer.connect("classes", outputs: classCount, dropout: 0.3, as: Self.logitsName)
        return composer.model(input: input, embeddingSize: 128)
    }

    private func twoBlocks(_ classCount: Int, _ seed: UInt64) -> Model {
        var composer = NetworkComposer(input: Self.inputName, channels: 1, seed: seed)
        for (index, channels) in [32, 64].enumerated() {
            composer.convolve(
                "conv\(index + 1)",
                channels: channels,
                kernel: [5, 5],
                pads: [2, 2]
            )
            composer.poolMaximum("pool\(index + 1)", [2, 2])
        }
        composer.poolMean(as: Self.embeddingName)
        composer.connect("classes", outputs: classCount, dropout: 0.3, as: Self.logitsName)
        return composer.model(input: input, embeddingSize: 64)
    }

    private var input: ValueInfo {
        let frontEnd = frontEnd
        let plane: [Dimension] =
            frontEnd.layout == .framesByBands
            ? [.symbolic("frames"), .fixed(frontEnd.bandCount)]
            : [.fixed(frontEnd.bandCount), .symbolic("frames")]
        return ValueInfo(
            name: Self.inputName,
            elementType: .float32,
            shape: [.symbolic("N"), .fixed(1)] + plane
        )
    }

    /// The shape of the input for a batch of windows.
    package func inputShape(batch: Int) -> [Int] {
        let bands = frontEnd.bandCount
        return frontEnd.layout == .framesByBands
            ? [batch, 1, windowFrames, bands] : [batch, 1, bands, windowFrames]
    }
}
