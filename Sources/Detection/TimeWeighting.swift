import Glibc

/// How fast an exponential sound level follows the sound, after IEC 61672-1.
package enum TimeWeighting: String, Equatable, Sendable, CaseIterable, Codable {
    /// A time constant of 125 ms.
    case fast
    /// A time constant of 1 s.
    case slow

    /// The time constant in seconds.
    package var seconds: Double {
        switch self {
        case .fast: 0.125
        case .slow: 1
        }
    }

    /// How much of the distance to a new value is gone in one sample.
    func step(sampleRateHz: Int) -> Double {
        -expm1(-1 / (seconds * Double(sampleRateHz)))
    }
}
