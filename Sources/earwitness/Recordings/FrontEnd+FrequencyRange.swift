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
