/// The last fully connected layer of a network that is kept.
struct LastLayer: Equatable, Sendable {
    /// What it multiplies the embedding by: [classes, embedding].
    let weights: [Float]
    /// What it adds: [classes].
    let bias: [Float]
}
