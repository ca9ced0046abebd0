/// Parameters of per-channel energy normalisation.
///
/// Each band is divided by a power of its own smoothed past, then compressed:
/// (x / (ε + m)^gain + bias)^power − bias^power, where m[t] = (1 − b)·m[t − 1] + b·x[t]
/// (Wang et al. 2017, "Trainable frontend for robust and far-field keyword spotting", eq. 1, 2).
package struct PCENSettings: Equatable, Hashable, Sendable {
    /// The smoother's value before the first frame.
    package enum Start: String, CaseIterable, Sendable, Codable {
        /// 1, as librosa's `pcen` without `zi`.
        case one
        /// The first frame itself, so that a recording begins without a transient.
        case firstFrame = "first_frame"
    }

    /// Exponent of the smoothed past.
    package var gain: Float = 0.98
    /// Added before the root.
    package var bias: Float = 2
    /// Exponent of the root.
    package var power: Float = 0.5
    /// Time constant of the smoother.
    package var timeConstantSeconds: Float = 0.4
    /// Added to the smoothed past.
    package var epsilon: Float = 1e-6
    /// The smoother's value before the first frame.
    package var start: Start = .one

    package init() {}
}
