/// From linear bands to the scale that the network was trained on.
package enum Compression: Equatable, Hashable, Sendable {
    /// The bands unchanged.
    case none
    /// ln(x + offset).
    case logOffset(Float)
    /// ln(max(x, floor)).
    case logFloor(Float)
    /// log₁₀ of the floored band over a reference.
    case log10(DecibelScale)
    /// Decibels: 10·log₁₀ of a power, 20·log₁₀ of a magnitude.
    case decibel(DecibelScale)
    /// Cube root.
    case cubeRoot
    /// Per-channel energy normalisation.
    case pcen(PCENSettings)
}

extension Compression {
    /// Names of the kinds in descriptions.
    package enum Kind: String, CaseIterable, Sendable {
        case none
        case logOffset = "ln_offset"
        case logFloor = "ln_floor"
        case log10
        case decibel
        case cubeRoot = "cube_root"
        case pcen
    }

    /// Which kind it is, without its numbers.
    package var kind: Kind {
        switch self {
        case .none: .none
        case .logOffset: .logOffset
        case .logFloor: .logFloor
        case .log10: .log10
        case .decibel: .decibel
        case .cubeRoot: .cubeRoot
        case .pcen: .pcen
        }
    }
}

extension Compression {
    /// Whether a value depends on the loudest one of its patch.
    var needsWholePatch: Bool {
        switch self {
        case .log10(let scale), .decibel(let scale):
            scale.topDecibels != nil || scale.reference == .patchMaximum
        case .none, .logOffset, .logFloor, .cubeRoot, .pcen:
            false
        }
    }
}

/// Floor, reference and range of a decadic logarithm, as librosa's `power_to_db`.
package struct DecibelScale: Equatable, Hashable, Sendable {
    /// Value at zero on the logarithmic scale.
    package enum Reference: Equatable, Hashable, Sendable {
        /// A fixed value, in units of the bands.
        case value(Float)
        /// The loudest band of each patch.
        case patchMaximum
    }

    /// Smaller bands count as this, in units of the bands.
    package var floor: Float
    /// Value at zero on the logarithmic scale.
    package var reference: Reference
    /// Values further under the patch's loudest are lifted to this distance; nil for no limit.
    package var topDecibels: Float?

    package init(
        floor: Float = 1e-10,
        reference: Reference = .value(1),
        topDecibels: Float? = nil
    ) {
        self.floor = floor
        self.reference = reference
        self.topDecibels = topDecibels
    }
}

/// Parameters of per-channel energy normalisation.
///
/// Each band is divided by a power of its own smoothed past, then compressed:
/// (x / (ε + m)^gain + bias)^power − bias^power, where m[t] = (1 − b)·m[t − 1] + b·x[t]
/// (Wang et al. 2017, "Trainable frontend for robust and far-field keyword spotting", eq. 1, 2).
package struct PCENSettings: Equatable, Hashable, Sendable {
    /// The smoother's value before the first frame.
    package enum Start: String, CaseIterable, Sendable {
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

/// From compressed bands to what the network saw in training.
package enum Normalisation: Equatable, Hashable, Sendable {
    /// The bands unchanged.
    case none
    /// (x − mean) / deviation with one mean and one deviation for every band.
    case global(mean: Float, deviation: Float)
    /// (x − mean[band]) / deviation[band].
    case perBand(mean: [Float], deviation: [Float])
    /// (x − mean) / max(deviation, floor), both of the patch itself.
    ///
    /// Silence is blown up to the size of sound unless the floor is well above its deviation.
    case perPatch(deviationFloor: Float)
}
