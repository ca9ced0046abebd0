import Glibc

/// How the ear's sensitivity to frequencies enters a sound level, after IEC 61672-1.
package enum FrequencyWeighting: String, Equatable, Sendable, CaseIterable, Codable {
    /// A: like hearing at low levels.
    case a
    /// C: like hearing at high levels.
    case c
    /// All frequencies alike.
    case z

    /// The poles of the analogue weightings, in Hz (IEC 61672-1, annex E).
    private enum Pole {
        static let lowest = 20.598997
        static let low = 107.65265
        static let middle = 737.86223
        static let high = 12_194.217
    }

    /// The weighting as the standard defines it, in dB, 0 at 1 kHz.
    ///
    /// - Parameter frequencyHz: Above 0.
    /// - Returns: Equations E.6 and E.1 of the standard.
    package func designGoalDB(atHz frequencyHz: Double) -> Double {
        analogueDB(atHz: frequencyHz) - analogueDB(atHz: 1000)
    }

    private func analogueDB(atHz frequencyHz: Double) -> Double {
        let square = frequencyHz * frequencyHz
        func ratio(_ pole: Double) -> Double {
            square / (square + pole * pole)
        }
        let high = Pole.high * Pole.high / (square + Pole.high * Pole.high)
        switch self {
        case .a:
            return 20 * log10(ratio(Pole.lowest) * high)
                + 10 * log10(ratio(Pole.low) * ratio(Pole.middle))
        case .c:
            return 20 * log10(ratio(Pole.lowest) * high)
        case .z:
            return 0
        }
    }
}

// MARK: - Filters

extension FrequencyWeighting {
    /// The digital filter for a sample rate, with exactly 0 dB at 1 kHz.
    ///
    /// The weightings share their sections, see ``WeightingChain``: Z only removes the DC offset
    /// that every sound card has.
    func sections(sampleRateHz: Int) -> [BiquadSection] {
        var sections = Self.sharedSections(sampleRateHz: sampleRateHz)
        sections.removeLast(sections.count - sectionCount)
        let gain = sections.reduce(1) {
            $0 * $1.magnitude(atHz: 1000, sampleRateHz: Double(sampleRateHz))
        }
        sections[0] = sections[0].scaled(by: 1 / gain)
        return sections
    }

    /// How many of the shared sections make the weighting.
    private var sectionCount: Int {
        switch self {
        case .z: 1
        case .c: 3
        case .a: 4
        }
    }

    /// The sections of all weightings one after the other, as they are, not yet 0 dB at 1 kHz:
    /// Z is the first, C the first three, A all four.
    ///
    /// Every pole is where the analogue one is (z = e^(s/fs)), and the zeros are placed so that
    /// the magnitude is the analogue one's at 0 Hz and half the rate, and for the double pole
    /// near half the rate at three tenths of the rate too, after M. Vicanek, "Matched second
    /// order digital filters" (2016). The bilinear transform would put a zero at half the rate,
    /// and be 6 dB wrong at 16 kHz.
    static func sharedSections(sampleRateHz: Int) -> [BiquadSection] {
        let rate = Double(sampleRateHz)
        return [
            offsetRemoval(rate: rate),
            highPass(Pole.lowest, Pole.lowest, rate: rate),
            doubleLowPass(Pole.high, rate: rate),
            highPass(Pole.low, Pole.middle, rate: rate),
        ]
    }

    /// What ``OffsetRemoval`` is once it knows the offset.
    private static func offsetRemoval(rate: Double) -> BiquadSection {
        let rest = 1 - OffsetRemoval.step(sampleRateHz: rate)
        return BiquadSection(feedforward: (rest, -rest, 0), feedback: (-rest, 0))
    }

    /// Two poles and two zeros at 0 Hz, right at half the rate.
    private static func highPass(_ first: Double, _ second: Double, rate: Double) -> BiquadSection {
        let poles = (exp(-2 * Double.pi * first / rate), exp(-2 * Double.pi * second / rate))
        let nyquist = rate / 2
        let magnitudes = (
            nyquist / hypot(nyquist, first), nyquist / hypot(nyquist, second)
        )
        let gain = magnitudes.0 * (1 + poles.0) / 2 * magnitudes.1 * (1 + poles.1) / 2
        return BiquadSection(
            feedforward: (gain, -2 * gain, gain),
            feedback: (-(poles.0 + poles.1), poles.0 * poles.1)
        )
    }

    /// A double pole, right at 0 Hz, three tenths of the rate and half the rate.
    private static func doubleLowPass(_ frequencyHz: Double, rate: Double) -> BiquadSection {
        let pole = exp(-2 * Double.pi * frequencyHz / rate)
        let poles = BiquadSection(
            feedforward: (1, 0, 0),
            feedback: (-2 * pole, pole * pole)
        )

        func wantedPower(atHz frequency: Double) -> Double {
            let analogue = 1 / (1 + (frequency / frequencyHz) * (frequency / frequencyHz))
            let wanted = analogue / poles.magnitude(atHz: frequency, sampleRateHz: rate)
            return wanted * wanted
        }

        let lowest = wantedPower(atHz: 0)
        let highest = wantedPower(atHz: rate / 2)
        let matched = 0.3
        let upper = sin(Double.pi * matched) * sin(Double.pi * matched)
        let lower = 1 - upper
        let between =
            (wantedPower(atHz: matched * rate) - lowest * lower - highest * upper)
            / (4 * lower * upper)
        let sum = (lowest.squareRoot() + highest.squareRoot()) / 2
        let first = (sum + max(sum * sum + between, 0).squareRoot()) / 2
        return BiquadSection(
            feedforward: (
                first, (lowest.squareRoot() - highest.squareRoot()) / 2, -between / (4 * first)
            ),
            feedback: (-2 * pole, pole * pole)
        )
    }
}

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
