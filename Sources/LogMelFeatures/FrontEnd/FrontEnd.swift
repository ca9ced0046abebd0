/// What a network was trained on: every choice between samples and its input, as one value.
///
/// A model's `model.yaml` states it under `front_end`; `FeatureExtractor` computes exactly that on
/// a stream, and `PatchNormalizer` what needs a whole patch. `validate()` says whether it can be.
package struct FrontEnd: Equatable, Hashable, Sendable {
    /// What a frame holds: mel bands, STFT bins or plain samples.
    package var representation: Representation = .melBands
    /// Rate the samples must have.
    package var sampleRateHz = 16_000
    /// Factor on samples of ±1 before anything else; 32,768 for front ends that expect integers.
    package var sampleScale: Float = 1

    /// Subtracts each frame's mean before the pre-emphasis, as Kaldi does.
    package var removesFrameMean = false
    /// Coefficient c of x[n] − c·x[n − 1] within each frame, the first sample being its own
    /// predecessor (HTK, Kaldi); 0 for none.
    package var preEmphasis: Float = 0
    /// Shape of the analysis window.
    package var window: WindowShape = .hannPeriodic
    /// Samples under the window.
    package var windowLength = 400
    /// Samples in one Fourier transform; the window is zero padded to it.
    package var fftLength = 512
    /// Samples from one frame to the next.
    package var hopLength = 160
    /// Where the window lies in the transform's buffer, when it is shorter.
    package var windowPlacement: WindowPlacement = .start
    /// How frames lie on the recording.
    package var framing: Framing = .inside
    /// What lies beyond the recording's ends; unused when frames lie inside it.
    package var padding: EdgePadding = .zeros

    /// Power |X|² or magnitude |X|, unscaled.
    package var spectrum: SpectrumKind = .power
    /// Formula from hertz to mel.
    package var melScale: MelScale = .htk
    /// Height of the triangles.
    package var melNormalisation: MelNormalisation = .peak
    /// Axis on which the triangles' sides are straight.
    package var melTriangles: TriangleAxis = .hertz
    /// Number of mel bands; `bandCount` is what a frame holds.
    package var melBandCount = 64
    /// Lower edge of the first triangle.
    package var minimumFrequencyHz: Double = 0
    /// Upper edge of the last triangle.
    package var maximumFrequencyHz: Double = 8_000

    /// From linear bands to the network's scale.
    package var compression: Compression = .none
    /// From the compressed bands to zero mean and unit deviation.
    package var normalisation: Normalisation = .none
    /// Order of a patch's two axes in the network's input.
    package var layout: PatchLayout = .framesByBands
    /// How often the patch is repeated along the input's channel axis.
    package var channelCount = 1

    package init() {}
}

extension FrontEnd {
    /// Values in one frame: mel bands, STFT bins, or samples of a waveform frame.
    package var bandCount: Int {
        switch representation {
        case .melBands: melBandCount
        case .stft: binCount
        case .waveform: hopLength
        }
    }

    /// Bins of one spectrum, from 0 Hz to half the sample rate.
    package var binCount: Int { fftLength / 2 + 1 }

    /// Samples that must have arrived for a frame to be computed.
    package var frameLength: Int {
        switch (representation, windowPlacement) {
        case (.waveform, _): hopLength
        case (_, .start): windowLength
        case (_, .centre): fftLength
        }
    }

    /// Samples of padding before the first frame's recording; negative when frames begin later.
    var leadingPadding: Int {
        if representation == .waveform { return 0 }
        return switch framing {
        case .inside: 0
        case .centred: frameLength / 2
        case .hopCentred: windowLength / 2 - hopLength / 2
        }
    }

    /// First sample of a frame; negative while the frame begins in the padding.
    package func firstSample(ofFrame frame: Int) -> Int { frame * hopLength - leadingPadding }

    /// Frames that a whole recording of so many samples gives.
    package func frameCount(forSamples samples: Int) -> Int {
        guard samples > 0 else { return 0 }
        if representation != .waveform, framing == .hopCentred {
            return (samples + hopLength / 2) / hopLength
        }
        let padded = samples + 2 * leadingPadding
        return padded < frameLength ? 0 : 1 + (padded - frameLength) / hopLength
    }

    /// Whether a value depends on others of its patch, so that frames alone are not yet features.
    ///
    /// Then `FeatureExtractor` leaves out the normalisation, and `PatchNormalizer` must be applied
    /// to every patch; a network may not be run incrementally over frames.
    package var needsWholePatch: Bool {
        if case .perPatch = normalisation { return true }
        return compression.needsWholePatch
    }
}

extension FrontEnd {
    /// The same front end up to its bands, without what differs between models afterwards.
    ///
    /// Front ends that are equal in this differ in the normalisation, the order of the axes or the
    /// repetition in channels: one `FeatureExtractor` does the work of all of them, and a
    /// `FrameNormalizer` each the rest.
    package var unnormalised: FrontEnd {
        var frontEnd = self
        frontEnd.normalisation = .none
        frontEnd.layout = .framesByBands
        frontEnd.channelCount = 1
        return frontEnd
    }

    /// The normalisation that `FeatureExtractor` applies to each frame; none where it is left to
    /// `PatchNormalizer`.
    package var frameNormalisation: Normalisation { needsWholePatch ? .none : normalisation }
}

/// What one frame of features holds.
package enum Representation: String, CaseIterable, Sendable {
    /// Mel bands of the spectrum.
    case melBands = "mel_bands"
    /// Every bin of the spectrum, from 0 Hz to half the sample rate.
    case stft
    /// `hop_length` samples, unwindowed; frames follow one another without overlap.
    case waveform
}

/// What is taken of the complex spectrum.
package enum SpectrumKind: String, CaseIterable, Sendable {
    /// |X|², unscaled.
    case power
    /// |X|, unscaled.
    case magnitude
}

/// Order of a patch's axes in the network's input; the channel axis comes before both.
package enum PatchLayout: String, CaseIterable, Sendable {
    /// `[channels, frames, bands]`.
    case framesByBands = "frames_by_bands"
    /// `[channels, bands, frames]`.
    case bandsByFrames = "bands_by_frames"
}
