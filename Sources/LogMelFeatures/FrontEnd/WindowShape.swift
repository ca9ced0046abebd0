/// Shape of the analysis window.
package enum WindowShape: String, CaseIterable, Sendable, Codable {
    /// Hann over N + 1 points without the last, as SciPy's `fftbins=True` and TensorFlow.
    case hannPeriodic = "hann_periodic"
    /// Hann that is zero at both ends.
    case hannSymmetric = "hann_symmetric"
    /// Hamming over N + 1 points without the last.
    case hammingPeriodic = "hamming_periodic"
    /// Hamming of equal ends, as HTK and Kaldi.
    case hammingSymmetric = "hamming_symmetric"
    /// Kaldi's symmetric Hann to the power 0.85.
    case povey
    /// No window.
    case rectangular
}
