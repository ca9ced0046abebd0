/// What came out of one step of training.
package struct StepReport: Equatable, Sendable {
    /// The number of the step, from 1.
    package let step: Int
    /// The mean loss of the batch.
    package let loss: Double
    /// The share of the labelled patches whose highest score is the label; of one class, the share
    /// of all patches on the right side of one half.
    package let accuracy: Double
}
