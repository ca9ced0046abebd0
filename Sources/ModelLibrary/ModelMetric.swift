/// One figure of how well a model does: an element of `metrics` in `model.yaml`.
package struct ModelMetric: Equatable, Sendable {
    /// What was measured, such as `clip_accuracy`.
    package var name = ""
    /// The figure.
    package var value: Double = 0
    /// The standard deviation over the repetitions, if there were any.
    package var deviation: Double?
    /// How it was measured.
    package var protocolText = ""

    /// Creates an empty figure.
    package init() {}
}
