package import LogMelFeatures

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

    /// The number of frames that the network sees at once.
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
