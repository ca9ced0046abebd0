/// What `model.yaml` says of the network in `model.onnx`: the section `network`.
package struct NetworkDescription: Equatable, Sendable {
    /// The name of the network's only input: patches of features.
    package var input = ""
    /// The number of frames that the network sees at once.
    package var windowFrames = 0
    /// The name of the output with one number a class.
    package var scores = ""
    /// What turns that output into probabilities.
    package var activation = ScoreActivation.none
    /// The name of the output with the last layer's input, if the network has one.
    package var embedding: String?
    /// The SHA-256 of `model.onnx` in hexadecimal digits; nil if the model does not name it.
    package var sha256: String?

    /// Creates the description of an unknown network.
    package init() {}
}
