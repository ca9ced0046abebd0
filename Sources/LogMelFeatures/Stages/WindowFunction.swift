import Foundation

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
