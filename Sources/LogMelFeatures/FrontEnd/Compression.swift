/// From linear bands to the scale that the network was trained on.
package enum Compression: Equatable, Hashable, Sendable {
    /// The bands as they are.
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
