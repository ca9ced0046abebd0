/// The rules by which weights are moved, as settings name them.
package enum OptimizerName: String, CaseIterable, Sendable {
    /// Adam with decoupled weight decay.
    case adamw
    /// Gradient descent with momentum.
    case sgd
}
