/// A changed variant of a clip.
package struct ClipVariant: Equatable, Sendable {
    /// Its features.
    package let features: ClipFeatures
    /// The classes of the clip that it was mixed with.
    package let mixedClasses: [Int]
    /// The share of the other clip, from 0 to 0.5.
    package let mixedShare: Float
}
