package import NeuralNetwork

/// Moves weights against their gradients.
package final class Optimizer {
    /// The rule of a step.
    package enum Rule: Equatable, Sendable {
        /// Adam with decoupled weight decay.
        case adamW(beta1: Float, beta2: Float, epsilon: Float)
        /// Gradient descent with momentum; the decay is part of the gradient.
        case momentum(Float)

        /// AdamW with its usual constants.
        package static let standard = Rule.adamW(beta1: 0.9, beta2: 0.999, epsilon: 1e-8)
    }

    private let rule: Rule
    private let weightDecay: Float
    private let weights: [PlanTensor]
    private let first: [FloatMemory]
    private let second: [FloatMemory]
    /// The number of steps made.
    package private(set) var stepCount = 0

    /// Creates the optimizer of a plan's weights.
    ///
    /// Tensors of one axis (biases, and scales and shifts of normalisations) do not decay.
    package init(_ rule: Rule, weightDecay: Float, weights: [PlanTensor]) {
        self.rule = rule
        self.weightDecay = weightDecay
        self.weights = weights
        first = weights.map { FloatMemory(count: $0.count) }
        second =
            if case .adamW = rule { weights.map { FloatMemory(count: $0.count) } } else { [] }
    }

    /// What has to be kept to go on later: the averages, in the order of the weights.
    package var state: [FloatMemory] { first + second }

    /// Goes on from kept averages.
    package func restore(_ state: [[Float]], stepCount: Int) {
        precondition(state.count == self.state.count, "a state of \(state.count) tensors")
        for (buffer, values) in zip(self.state, state) { buffer.slice.update(from: values.span) }
        self.stepCount = stepCount
    }

    /// Scales all gradients down so that together they are no longer than `limit`.
    ///
    /// - Returns: Their length before.
    @discardableResult
    package func clipGradients(to limit: Float) -> Float {
        let squares = weights.reduce(0.0) { sum, weight in
            sum + (weight.gradient.map { WeightKernels.sumOfSquares($0.readOnly) } ?? 0)
        }
        let length = Float(squares.squareRoot())
        guard length > limit else { return length }
        for weight in weights {
            if let gradient = weight.gradient {
                WeightKernels.scale(gradient.slice, by: limit / length)
            }
        }
        return length
    }

    /// Makes one step.
    package func step(rate: Float) {
        stepCount += 1
        for (index, weight) in weights.enumerated() {
            guard let gradient = weight.gradient else { continue }
            let decay = weight.shape.count > 1 ? weightDecay : 0
            switch rule {
            case .adamW(let beta1, let beta2, let epsilon):
                WeightKernels.adamW(
                    weights: weight.values.slice,
                    gradient: gradient.readOnly,
                    mean: first[index].slice,
                    square: second[index].slice,
                    rate: rate,
                    beta1: beta1,
                    beta2: beta2,
                    epsilon: epsilon,
                    decay: decay,
                    step: stepCount
                )
            case .momentum(let momentum):
                WeightKernels.momentum(
                    weights: weight.values.slice,
                    gradient: gradient.readOnly,
                    velocity: first[index].slice,
                    rate: rate,
                    momentum: momentum,
                    decay: decay
                )
            }
        }
    }
}
