/// What one frame of features holds.
package enum Representation: String, CaseIterable, Sendable, Codable {
    /// Mel bands of the spectrum.
    case melBands = "mel_bands"
    /// Every bin of the spectrum, from 0 Hz to half the sample rate.
    case stft
    /// `hop_length` samples, unwindowed; frames follow one another without overlap.
    case waveform
}
