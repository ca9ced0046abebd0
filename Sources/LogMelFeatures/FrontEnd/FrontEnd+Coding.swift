/// The description as `front_end` of a `model.yaml`: keys in snake case, units in their names.
///
/// Every key may be left out: `preset` names what then holds, and without a preset the values of
/// `FrontEnd()` do, with the last triangle ending at half the sample rate. What is encoded is
/// complete, so that a model does not change with the presets.
extension FrontEnd: Codable {
    /// The keys in the order in which they are documented.
    package enum CodingKeys: String, CodingKey, CaseIterable {
        case preset
        case representation
        case sampleRateHz = "sample_rate_hz"
        case sampleScale = "sample_scale"
        case removesFrameMean = "remove_frame_mean"
        case preEmphasis = "pre_emphasis"
        case window
        case windowLength = "window_length"
        case fftLength = "fft_length"
        case hopLength = "hop_length"
        case windowPlacement = "window_placement"
        case framing
        case padding
        case spectrum
        case melScale = "mel_scale"
        case melNormalisation = "mel_normalisation"
        case melTriangles = "mel_triangles"
        case melBandCount = "band_count"
        case minimumFrequencyHz = "min_frequency_hz"
        case maximumFrequencyHz = "max_frequency_hz"
        case compression
        case normalisation
        case layout
        case channelCount = "channel_count"
    }

    /// Reads a description.
    /// - Throws: `FrontEndError` for an unknown key or preset, a wrong type or an unknown choice;
    ///   ranges are checked by `validate()`.
    package init(from decoder: any Decoder) throws {
        let fields = try FieldReader<CodingKeys>(decoder, path: "")
        var base = FrontEnd()
        let preset: Preset? = try fields.choice(.preset)
        if let preset { base = preset.frontEnd }
        representation = try fields.choice(.representation) ?? base.representation
        sampleRateHz = try fields.integer(.sampleRateHz) ?? base.sampleRateHz
        sampleScale = try fields.number(.sampleScale) ?? base.sampleScale
        removesFrameMean = try fields.flag(.removesFrameMean) ?? base.removesFrameMean
        preEmphasis = try fields.number(.preEmphasis) ?? base.preEmphasis
        window = try fields.choice(.window) ?? base.window
        windowLength = try fields.integer(.windowLength) ?? base.windowLength
        fftLength = try fields.integer(.fftLength) ?? base.fftLength
        hopLength = try fields.integer(.hopLength) ?? base.hopLength
        windowPlacement = try fields.choice(.windowPlacement) ?? base.windowPlacement
        framing = try fields.choice(.framing) ?? base.framing
        padding = try fields.choice(.padding) ?? base.padding
        spectrum = try fields.choice(.spectrum) ?? base.spectrum
        melScale = try fields.choice(.melScale) ?? base.melScale
        melNormalisation = try fields.choice(.melNormalisation) ?? base.melNormalisation
        melTriangles = try fields.choice(.melTriangles) ?? base.melTriangles
        melBandCount = try fields.integer(.melBandCount) ?? base.melBandCount
        minimumFrequencyHz = try fields.hertz(.minimumFrequencyHz) ?? base.minimumFrequencyHz
        maximumFrequencyHz =
            try fields.hertz(.maximumFrequencyHz)
            ?? (preset == nil ? Double(sampleRateHz) / 2 : base.maximumFrequencyHz)
        compression = try fields.value(.compression) ?? base.compression
        normalisation = try fields.value(.normalisation) ?? base.normalisation
        layout = try fields.choice(.layout) ?? base.layout
        channelCount = try fields.integer(.channelCount) ?? base.channelCount
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(representation, forKey: .representation)
        try fields.encode(sampleRateHz, forKey: .sampleRateHz)
        try fields.encode(sampleScale, forKey: .sampleScale)
        try fields.encode(removesFrameMean, forKey: .removesFrameMean)
        try fields.encode(preEmphasis, forKey: .preEmphasis)
        try fields.encode(window, forKey: .window)
        try fields.encode(windowLength, forKey: .windowLength)
        try fields.encode(fftLength, forKey: .fftLength)
        try fields.encode(hopLength, forKey: .hopLength)
        try fields.encode(windowPlacement, forKey: .windowPlacement)
        try fields.encode(framing, forKey: .framing)
        try fields.encode(padding, forKey: .padding)
        try fields.encode(spectrum, forKey: .spectrum)
        try fields.encode(melScale, forKey: .melScale)
        try fields.encode(melNormalisation, forKey: .melNormalisation)
        try fields.encode(melTriangles, forKey: .melTriangles)
        try fields.encode(melBandCount, forKey: .melBandCount)
        try fields.encode(minimumFrequencyHz, forKey: .minimumFrequencyHz)
        try fields.encode(maximumFrequencyHz, forKey: .maximumFrequencyHz)
        try fields.encode(compression, forKey: .compression)
        try fields.encode(normalisation, forKey: .normalisation)
        try fields.encode(layout, forKey: .layout)
        try fields.encode(channelCount, forKey: .channelCount)
    }
}
