import Glibc

/// Runs a source's samples through the filters of all frequency weightings at once.
///
/// The weightings share their poles, so that four sections one after the other give all three: Z
/// after the first, C after the third, A after the last. What comes out is not yet 0 dB at 1 kHz;
/// ``powerGain(of:)`` makes it so.
struct WeightingChain: Equatable, Sendable {
    private var offsetRemoval: OffsetRemoval
    private var lowest: BiquadSection
    private var highest: BiquadSection
    private var middle: BiquadSection
    private let powerGains: [Double]

    /// Creates a chain without history.
    init(sampleRateHz: Int) {
        let sections = FrequencyWeighting.sharedSections(sampleRateHz: sampleRateHz)
        let magnitudes = sections.map {
            $0.magnitude(atHz: 1000, sampleRateHz: Double(sampleRateHz))
        }
        offsetRemoval = OffsetRemoval(sampleRateHz: Double(sampleRateHz))
        (lowest, highest, middle) = (sections[1], sections[2], sections[3])
        powerGains = [1, 3, 4].map { count in
            let magnitude = magnitudes.prefix(count).reduce(1, *)
            return 1 / (magnitude * magnitude)
        }
    }

    /// By what a weighting's power is multiplied to be right at 1 kHz.
    func powerGain(of weighting: FrequencyWeighting) -> Double {
        switch weighting {
        case .z: powerGains[0]
        case .c: powerGains[1]
        case .a: powerGains[2]
        }
    }

    /// Filters some samples after those of the call before.
    ///
    /// - Parameters:
    ///   - samples: Mono, 1 being full scale.
    ///   - range: Which of them.
    ///   - each: Called with each sample and what the weightings make of it.
    @inline(__always)
    mutating func process(
        _ samples: Span<Float>,
        in range: Range<Int>,
        each: (_ sample: Double, _ z: Double, _ c: Double, _ a: Double) -> Void
    ) {
        // Local copies, which the optimiser keeps in registers.
        var (first, second, third, fourth) = (offsetRemoval, lowest, highest, middle)
        for index in range {
            let sample = Self.number(samples[index])
            let z = first.filter(sample)
            let c = third.filter(second.filter(z))
            each(sample, z, c, fourth.filter(c))
        }
        (offsetRemoval, lowest, highest, middle) = (first, second, third, fourth)
    }

    /// Forgets what is so quiet that it is silence: left alone it would reach subnormal numbers,
    /// which are slow.
    mutating func forgetSilence() {
        offsetRemoval.forgetSilence()
        lowest.forgetSilence()
        highest.forgetSilence()
        middle.forgetSilence()
    }

    /// Clears its history.
    mutating func reset() {
        offsetRemoval.reset()
        lowest.reset()
        highest.reset()
        middle.reset()
    }

    /// A NaN would stay in the filters for ever.
    @inline(__always)
    private static func number(_ sample: Float) -> Double {
        sample.magnitude < .infinity ? Double(sample) : 0
    }
}

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
