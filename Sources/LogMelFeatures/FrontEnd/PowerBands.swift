/// A front end's bands as plain power: what a spectrogram for people is drawn from.
extension FrontEnd {
    /// The same bands without what only the network needs.
    ///
    /// The mel triangles, window and transform are the model's own. Left out are compression,
    /// normalisation, pre-emphasis and scales, so that a value times ``meanSquareFactor`` is the
    /// mean square in the band. A front end without mel bands gets bands up to half its rate.
    package var powerBands: FrontEnd {
        var bands = representation == .melBands ? self : Self.plainBands(rateHz: sampleRateHz)
        bands.sampleScale = 1
        bands.preEmphasis = 0
        bands.framing = .inside
        bands.spectrum = .power
        bands.melNormalisation = .peak
        bands.compression = .none
        return bands.unnormalised
    }

    /// The frequency at which each mel triangle is highest, in Hz, shape `[melBandCount]`.
    package var bandCentresHz: [Double] {
        let lowest = melScale.mel(fromHertz: minimumFrequencyHz)
        let highest = melScale.mel(fromHertz: maximumFrequencyHz)
        let step = (highest - lowest) / Double(melBandCount + 1)
        return (1...melBandCount).map { melScale.hertz(fromMel: lowest + Double($0) * step) }
    }

    /// By what a sum of |X|² over the bins of a one-sided spectrum is multiplied to be the mean
    /// square of the samples, after Parseval: 2 / (N · Σ w²).
    package var meanSquareFactor: Float {
        let energy = window.values(length: windowLength).reduce(0) { $0 + $1 * $1 }
        return Float(2 / (Double(fftLength) * energy))
    }

    /// Windows of 25 ms every 10 ms, with bins fine enough for each of 64 bands to hold some.
    private static func plainBands(rateHz: Int) -> FrontEnd {
        var bands = FrontEnd()
        bands.sampleRateHz = rateHz
        bands.windowLength = max(2, rateHz / 40)
        bands.hopLength = max(1, rateHz / 100)
        bands.fftLength = 4
        while bands.fftLength < 4 * bands.windowLength, bands.fftLength < 65_536 {
            bands.fftLength *= 2
        }
        bands.minimumFrequencyHz = min(50, Double(rateHz) / 8)
        bands.maximumFrequencyHz = Double(rateHz) / 2
        return bands
    }
}
