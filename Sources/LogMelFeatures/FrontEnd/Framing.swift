import Foundation

/// How frames lie on the recording.
package enum Framing: String, CaseIterable, Sendable {
    /// Frame t begins at sample t × hop and lies wholly inside the recording.
    case inside
    /// Frame t is centred on sample t × hop; the ends are padded (librosa's `center=True`).
    case centred
    /// Frame t is centred on the middle of hop t; the ends are padded (Kaldi without `snip_edges`).
    case hopCentred = "hop_centred"
}

/// Where a window shorter than the transform lies in its buffer.
///
/// Power and magnitude do not depend on it; which samples a frame covers does.
package enum WindowPlacement: String, CaseIterable, Sendable {
    /// At the start, zeros after it: a frame begins at its first windowed sample.
    case start
    /// In the middle, as librosa and PyTorch: a frame spans the whole transform.
    case centre
}

/// What lies beyond the recording's ends for frames that reach over them.
package enum EdgePadding: String, CaseIterable, Sendable {
    /// Zeros.
    case zeros
    /// Mirrored about the end sample, which is not repeated: d c b | a b c d.
    case reflect
    /// Mirrored with the end sample repeated, as Kaldi: c b a | a b c d.
    case symmetric
    /// The end sample over and over.
    case edge
}

extension EdgePadding {
    /// Samples that must be known before `count` samples of padding can be written.
    func samplesNeeded(forPadding count: Int) -> Int {
        switch self {
        case .zeros: 0
        case .reflect: count + 1
        case .symmetric: count
        case .edge: 1
        }
    }

    /// Index of the sample that stands at a position outside the recording, or nil for zero.
    ///
    /// A recording shorter than its padding is mirrored over and over, as NumPy's `pad`.
    /// - Parameters:
    ///   - position: Any position, negative before the recording.
    ///   - count: Samples in the recording, at least 1.
    /// - Returns: An index in `0..<count`, or nil.
    func index(at position: Int, count: Int) -> Int? {
        switch self {
        case .zeros:
            return nil
        case .edge:
            return min(max(position, 0), count - 1)
        case .reflect:
            let period = max(2 * (count - 1), 1)
            let phase = positiveRemainder(position, period)
            return min(phase, period - phase) % count
        case .symmetric:
            let period = 2 * count
            let phase = positiveRemainder(position, period)
            return min(phase, period - 1 - phase)
        }
    }

    private func positiveRemainder(_ value: Int, _ modulus: Int) -> Int {
        let remainder = value % modulus
        return remainder < 0 ? remainder + modulus : remainder
    }
}

/// Shape of the analysis window.
package enum WindowShape: String, CaseIterable, Sendable {
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

extension WindowShape {
    /// The window's values, each in 0...1; at least two of them.
    ///
    /// Harris 1978, "On the use of windows for harmonic analysis"; povey as Kaldi's
    /// `feature-window.cc` documents it.
    func values(length: Int) -> [Double] {
        precondition(length >= 2, "a window has at least two samples")
        let period = Double(isPeriodic ? length : length - 1)
        return (0..<length).map { sample in
            let cosine = cos(2 * Double.pi * Double(sample) / period)
            return switch self {
            case .hannPeriodic, .hannSymmetric: 0.5 - 0.5 * cosine
            case .hammingPeriodic, .hammingSymmetric: 0.54 - 0.46 * cosine
            case .povey: pow(max(0.5 - 0.5 * cosine, 0), 0.85)
            case .rectangular: 1
            }
        }
    }

    private var isPeriodic: Bool {
        switch self {
        case .hannPeriodic, .hammingPeriodic: true
        case .hannSymmetric, .hammingSymmetric, .povey, .rectangular: false
        }
    }
}
