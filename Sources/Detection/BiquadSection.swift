import Glibc

/// A second-order filter and its memory, in transposed direct form II.
package struct BiquadSection: Equatable, Sendable {
    /// Under this a memory is silence: left alone it would reach subnormal numbers, which are slow.
    static let silence = 1e-30

    private var feedforward: (Double, Double, Double)
    private var feedback: (Double, Double)
    private var memory = (0.0, 0.0)

    /// Creates a section without history.
    ///
    /// - Parameters:
    ///   - feedforward: The numerator's coefficients, that of `z⁰` first.
    ///   - feedback: The denominator's coefficients of `z⁻¹` and `z⁻²`; that of `z⁰` is 1.
    package init(feedforward: (Double, Double, Double), feedback: (Double, Double)) {
        self.feedforward = feedforward
        self.feedback = feedback
    }

    /// The magnitude of its response.
    func magnitude(atHz frequencyHz: Double, sampleRateHz: Double) -> Double {
        let angle = 2 * Double.pi * frequencyHz / sampleRateHz
        let (cosine, sine) = (cos(angle), sin(angle))
        let (cosineOfTwo, sineOfTwo) = (cos(2 * angle), sin(2 * angle))
        let numerator = hypot(
            feedforward.0 + feedforward.1 * cosine + feedforward.2 * cosineOfTwo,
            feedforward.1 * sine + feedforward.2 * sineOfTwo
        )
        let denominator = hypot(
            1 + feedback.0 * cosine + feedback.1 * cosineOfTwo,
            feedback.0 * sine + feedback.1 * sineOfTwo
        )
        return numerator / denominator
    }

    /// The same section, louder or quieter.
    func scaled(by gain: Double) -> BiquadSection {
        BiquadSection(
            feedforward: (feedforward.0 * gain, feedforward.1 * gain, feedforward.2 * gain),
            feedback: feedback
        )
    }

    /// Filters the next sample.
    @inline(__always)
    package mutating func filter(_ sample: Double) -> Double {
        let filtered = feedforward.0 * sample + memory.0
        memory.0 = feedforward.1 * sample - feedback.0 * filtered + memory.1
        memory.1 = feedforward.2 * sample - feedback.1 * filtered
        return filtered
    }

    /// Flushes inaudible values to zero.
    mutating func forgetSilence() {
        memory = (
            abs(memory.0) < Self.silence ? 0 : memory.0, abs(memory.1) < Self.silence ? 0 : memory.1
        )
    }

    /// Clears its history.
    mutating func reset() {
        memory = (0, 0)
    }

    package static func == (left: BiquadSection, right: BiquadSection) -> Bool {
        left.feedforward == right.feedforward && left.feedback == right.feedback
            && left.memory == right.memory
    }
}
