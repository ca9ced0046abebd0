/// What turns the network's output into probabilities.
package enum ScoreActivation: String, CaseIterable, Sendable {
    /// Nothing: the network gives probabilities.
    case none
    /// The logistic function of each output; the classes are independent.
    case sigmoid
    /// The softmax over all outputs; exactly one class is there.
    case softmax
}
