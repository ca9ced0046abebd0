import LogMelFeatures

extension FrontEnd {
    /// What of the sound the front end looks at, in hertz.
    var frequencyRangeHz: ClosedRange<Double> {
        switch representation {
        case .melBands: minimumFrequencyHz...max(minimumFrequencyHz, maximumFrequencyHz)
        case .stft, .waveform: 0...Double(sampleRateHz) / 2
        }
    }
}

extension [ClosedRange<Double>] {
    /// From the lowest to the highest of all; at least one.
    var joined: ClosedRange<Double> {
        let lowest = map(\.lowerBound).min() ?? 0
        return lowest...Swift.max(lowest, map(\.upperBound).max() ?? lowest)
    }
}
