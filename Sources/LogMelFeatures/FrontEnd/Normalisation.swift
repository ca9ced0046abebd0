/// From compressed bands to what the network saw in training.
package enum Normalisation: Equatable, Hashable, Sendable {
    /// The bands as they are.
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
