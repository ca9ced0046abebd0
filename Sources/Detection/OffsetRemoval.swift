import Glibc

/// Takes away the constant offset that every sound card adds, which is not sound.
///
/// The offset is a running mean of 1 Hz, so that 0.01 dB is lost at 20 Hz. Until it has heard that
/// much, it is the mean of everything heard so far: a start is not a thump.
struct OffsetRemoval: Equatable, Sendable {
    private let step: Double
    private let settlingCount: Double
    private var heardCount = 0.0
    private var offset = 0.0

    /// Creates a filter without history.
    init(sampleRateHz: Double) {
        step = Self.step(sampleRateHz: sampleRateHz)
        settlingCount = 1 / step
    }

    /// How much of the distance to a new value is gone in one sample, after the start.
    static func step(sampleRateHz: Double) -> Double {
        -expm1(-2 * Double.pi / sampleRateHz)
    }

    /// Filters the next sample.
    @inline(__always)
    mutating func filter(_ sample: Double) -> Double {
        if heardCount < settlingCount {
            heardCount += 1
            offset += (sample - offset) / heardCount
        } else {
            offset += (sample - offset) * step
        }
        return sample - offset
    }

    /// Flushes inaudible values to zero.
    mutating func forgetSilence() {
        if abs(offset) < BiquadSection.silence { offset = 0 }
    }

    /// Clears its history.
    mutating func reset() {
        heardCount = 0
        offset = 0
    }
}
