@preconcurrency import Glibc

/// Log odds: the scale on which calibration and rejection work.
package enum Logit {
    /// Beyond this a probability in single precision is 0 or 1, and its logit unknown.
    package static let limit: Float = 16

    /// The logit of a probability, at most ``limit`` either way.
    ///
    /// In double precision, because near 1 most of a probability's digits are the nines.
    package static func of(probability: Float) -> Float {
        let value = Double(probability)
        guard value > 0 else { return -limit }
        guard value < 1 else { return limit }
        return min(max(Float(log(value / (1 - value))), -limit), limit)
    }

    /// The probability of a logit.
    package static func probability(of logit: Float) -> Float {
        1 / (1 + exp(-logit))
    }
}
