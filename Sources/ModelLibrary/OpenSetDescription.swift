package import Detection

/// What `model.yaml` says of windows that are of no known class: the section `open_set`.
package struct OpenSetDescription: Equatable, Sendable {
    /// How familiar a window is.
    package var score = FamiliarityScore.energy
    /// Windows less familiar than this are of no known class; nil: none is rejected.
    package var threshold: Float?

    /// Creates the description by which nothing is rejected.
    package init() {}
}
