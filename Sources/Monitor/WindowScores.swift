/// What the network says of one window.
struct WindowScores: Equatable, Sendable {
    /// A probability a class, calibrated where the model is, shape `[classCount]`.
    var classes: [Float]
    /// How much the window is like any sound that the model knows; nil if the model does not ask.
    var familiarity: Float?
}
