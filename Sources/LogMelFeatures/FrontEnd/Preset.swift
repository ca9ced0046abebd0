/// Front ends by name, each compared with the library that it imitates (docs/front-ends.md).
package enum Preset: String, CaseIterable, Sendable {
    /// The bootstrap model's, without its normalisation.
    case earwitness
    /// librosa's defaults: `power_to_db(feature.melspectrogram(y, sr=22050))`.
    case librosa
    /// HTK's mel scale as librosa computes it: `melspectrogram(…, htk=True, norm=None)`.
    case htk
    /// Kaldi's filterbank features, 80 bands, samples in 16-bit units, no dither.
    case kaldi
    /// YAMNet and VGGish's numbers: ln(magnitude mel + 0.001), 96-frame patches.
    case yamnet
    /// PANNs of 32 kHz (torchlibrosa); their first batch normalisation is in the network.
    case panns
    /// 128 × 128 images of 44.1 kHz audio.
    case mel128
    /// UrbanSound8K networks after Piczak: 60 bands of 22.05 kHz audio.
    case urban
}

extension Preset {
    package var frontEnd: FrontEnd {
        switch self {
        case .earwitness: earwitness
        case .librosa: librosa(sampleRateHz: 22_050, fftLength: 2_048, hopLength: 512, bands: 128)
        case .htk: htk
        case .kaldi: kaldi
        case .yamnet: yamnet
        case .panns: panns
        case .mel128: mel128
        case .urban: librosa(sampleRateHz: 22_050, fftLength: 1_024, hopLength: 512, bands: 60)
        }
    }

    private var earwitness: FrontEnd {
        var frontEnd = FrontEnd()
        frontEnd.minimumFrequencyHz = 60
        frontEnd.maximumFrequencyHz = 7_800
        frontEnd.compression = .logOffset(1e-6)
        return frontEnd
    }

    private func librosa(
        sampleRateHz: Int,
        fftLength: Int,
        hopLength: Int,
        bands: Int
    ) -> FrontEnd {
        var frontEnd = FrontEnd()
        frontEnd.sampleRateHz = sampleRateHz
        frontEnd.windowLength = fftLength
        frontEnd.fftLength = fftLength
        frontEnd.hopLength = hopLength
        frontEnd.windowPlacement = .centre
        frontEnd.framing = .centred
        frontEnd.melScale = .slaney
        frontEnd.melNormalisation = .area
        frontEnd.melBandCount = bands
        frontEnd.maximumFrequencyHz = Double(sampleRateHz) / 2
        frontEnd.compression = .decibel(DecibelScale(topDecibels: 80))
        return frontEnd
    }

    private var htk: FrontEnd {
        var frontEnd = librosa(
            sampleRateHz: 22_050,
            fftLength: 2_048,
            hopLength: 512,
            bands: 128
        )
        frontEnd.melScale = .htk
        frontEnd.melNormalisation = .peak
        return frontEnd
    }

    private var kaldi: FrontEnd {
        var frontEnd = FrontEnd()
        frontEnd.sampleScale = 32_768
        frontEnd.removesFrameMean = true
        frontEnd.preEmphasis = 0.97
        frontEnd.window = .povey
        frontEnd.padding = .symmetric
        frontEnd.melTriangles = .mel
        frontEnd.melBandCount = 80
        frontEnd.minimumFrequencyHz = 20
        frontEnd.compression = .logFloor(Float.ulpOfOne)
        return frontEnd
    }

    private var yamnet: FrontEnd {
        var frontEnd = FrontEnd()
        frontEnd.spectrum = .magnitude
        frontEnd.melTriangles = .mel
        frontEnd.minimumFrequencyHz = 125
        frontEnd.maximumFrequencyHz = 7_500
        frontEnd.compression = .logOffset(0.001)
        return frontEnd
    }

    private var panns: FrontEnd {
        var frontEnd = librosa(
            sampleRateHz: 32_000,
            fftLength: 1_024,
            hopLength: 320,
            bands: 64
        )
        frontEnd.padding = .reflect
        frontEnd.minimumFrequencyHz = 50
        frontEnd.maximumFrequencyHz = 14_000
        frontEnd.compression = .decibel(DecibelScale())
        return frontEnd
    }

    private var mel128: FrontEnd {
        var frontEnd = librosa(
            sampleRateHz: 44_100,
            fftLength: 1_024,
            hopLength: 1_024,
            bands: 128
        )
        frontEnd.layout = .bandsByFrames
        return frontEnd
    }
}
