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
