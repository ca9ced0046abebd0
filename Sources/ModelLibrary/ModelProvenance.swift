/// Where a model came from: the section `provenance` of `model.yaml`.
package struct ModelProvenance: Equatable, Sendable {
    /// The recordings it was trained on.
    package var trainedOn = ""
    /// Under which licence it may be used and passed on.
    package var licence = ""
    /// How it was made, such as a command or a paper.
    package var recipe: String?

    /// Creates the description of a model of unknown origin.
    package init() {}
}
