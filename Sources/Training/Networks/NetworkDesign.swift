package import LogMelFeatures
package import NeuralNetwork

/// What a network is built for: its kind and size, and the features that it sees.
package struct NetworkDesign: Equatable, Sendable {
    /// The kind of network.
    package let architecture: Architecture
    /// The factor on the architecture's numbers of channels.
    package let width: Float
    /// The network that it goes on from, instead of the architecture's.
    package let continued: ContinuedNetwork?
    /// From samples to features.
    package let frontEnd: FrontEnd
    /// The number of frames that the network sees at once.
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

    /// A network with random weights, or with those that it goes on from and a new last layer.
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
