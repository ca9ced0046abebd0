package import LogMelFeatures
package import NeuralNetwork

/// A kind of network that can be trained from nothing.
package enum Architecture: String, CaseIterable, Sendable {
    /// Four convolutions, under 100 thousand numbers; runs on a stream.
    case small
    /// The same with twice the channels, under 500 thousand numbers.
    case medium
    /// Four blocks over images of 128 bands by 128 frames of 44.1 kHz sound.
    case mel128
    /// Two blocks of 5×5 convolutions over 60 bands, as for city sounds.
    case urban
    /// Two 3×3 convolutions of 16 channels over three seconds of linear spectrum: is it this one
    /// bird or not.
    case capuchin
    /// Convolutions with split attention, a recurrent unit both ways and attention over time;
    /// for several sounds at once, with a score for each moment.
    case crnnAttention = "crnn-attention"

    /// The name of the network's input.
    package static let inputName = "logmel"
    /// The name of the value with a number a class, before the activation.
    package static let logitsName = "logits"
    /// The name of the output with the last layer's input.
    package static let embeddingName = "embedding"
    /// The name of the value with a number a moment and class, before the activation.
    package static let frameLogitsName = "frame_logits"

    /// From samples to features, without the normalisation, which comes from the data.
    package var frontEnd: FrontEnd {
        switch self {
        case .small, .medium, .crnnAttention: Preset.earwitness.frontEnd
        case .mel128: Preset.mel128.frontEnd
        case .urban: Preset.urban.frontEnd
        case .capuchin: linearSpectrum
        }
    }

    /// Magnitudes of 20 ms every 2 ms, each window to its own scale.
    ///
    /// A linear spectrum would else say little but how near the sound is. The floor is the
    /// magnitude of noise at −60 dBFS.
    private var linearSpectrum: FrontEnd {
        var frontEnd = FrontEnd()
        frontEnd.representation = .stft
        frontEnd.spectrum = .magnitude
        frontEnd.windowLength = 320
        frontEnd.fftLength = 512
        frontEnd.hopLength = 32
        frontEnd.normalisation = .perPatch(deviationFloor: 0.01)
        return frontEnd
    }

    /// The number of frames in a window.
    package var windowFrames: Int {
        switch self {
        case .small, .medium: 96
        case .mel128: 128
        case .urban: 41
        case .capuchin: 1_491
        case .crnnAttention: 240
        }
    }
}

/// What a network is built for: its kind and size, and the features that it sees.
package struct NetworkDesign: Equatable, Sendable {
    /// The kind of network.
    package let architecture: Architecture
    /// The factor on the architecture's numbers of channels.
    package let width: Float
    /// The network to continue from, instead of the architecture's.
    package let continued: ContinuedNetwork?
    /// From samples to features.
    package let frontEnd: FrontEnd
    /// The number of frames in a window.
    package let windowFrames: Int

    /// Creates a design; what is not given is the architecture's own.
    package init(
        _ architecture: Architecture,
        width: Float = 1,
        frontEnd: FrontEnd? = nil,
        windowFrames: Int? = nil,
        continued: ContinuedNetwork? = nil
    ) {
        self.architecture = architecture
        self.width = width
        self.continued = continued
        self.frontEnd = continued?.frontEnd ?? frontEnd ?? architecture.frontEnd
        self.windowFrames =
            continued?.windowFrames ?? windowFrames ?? architecture.windowFrames
    }

    /// Frames from one window to the next when a whole clip is scored.
    package var hopFrames: Int { max(windowFrames / 4, 1) }

    /// The shape of the input for a batch of windows.
    package func inputShape(batch: Int) -> [Int] {
        if let continued { return continued.inputShape(batch: batch) }
        let plane =
            isFramesByBands
            ? [windowFrames, frontEnd.bandCount] : [frontEnd.bandCount, windowFrames]
        return [batch, frontEnd.channelCount] + plane
    }

    /// A network with random weights, or that of the continued network with a new last layer.
    package func network(classCount: Int, seed: UInt64) -> Model {
        if let continued { return continued.network(classCount: classCount, seed: seed) }
        var composer = NetworkComposer(
            input: Architecture.inputName,
            channels: frontEnd.channelCount,
            bands: frontEnd.bandCount,
            seed: seed
        )
        if !isFramesByBands, needsTimeFirst { composer.transposePlane() }
        switch architecture {
        case .small: composer.addStreamed(channels: channels([16, 32, 64, 126]))
        case .medium: composer.addStreamed(channels: channels([32, 64, 128, 256]))
        case .mel128: composer.addImageBlocks(channels: channels([16, 32, 64, 128]), kernel: 3)
        case .urban: composer.addImageBlocks(channels: channels([32, 64]), kernel: 5)
        case .capuchin: composer.addSpectrumBlocks(channels: channels([16, 16]))
        case .crnnAttention:
            composer.addAttentionBlocks(channels: channels([16, 32, 64, 64]))
            composer.addRecurrentHead(
                hidden: channels([64])[0],
                classCount: classCount,
                dropout: 0.2
            )
            return composer.model(input: input)
        }
        composer.connect(
            "classes",
            outputs: classCount,
            dropout: dropout,
            as: Architecture.logitsName
        )
        return composer.model(input: input)
    }

    private var isFramesByBands: Bool { frontEnd.layout == .framesByBands }

    /// Whether the network treats time otherwise than frequency.
    private var needsTimeFirst: Bool { architecture != .mel128 && architecture != .urban }

    private var dropout: Float {
        architecture == .mel128 || architecture == .urban ? 0.3 : 0.2
    }

    /// Numbers of channels times the width, even ones.
    private func channels(_ usual: [Int]) -> [Int] {
        usual.map { max(2 * Int((Float($0) * width / 2).rounded()), 2) }
    }

    private var input: ValueInfo {
        let bands = Dimension.fixed(frontEnd.bandCount)
        let frames = Dimension.symbolic("frames")
        return ValueInfo(
            name: Architecture.inputName,
            elementType: .float32,
            shape: [.symbolic("N"), .fixed(frontEnd.channelCount)]
                + (isFramesByBands ? [frames, bands] : [bands, frames])
        )
    }
}
