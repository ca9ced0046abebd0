import CKernels
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

/// The rules by which weights are moved, as settings name them.
package enum OptimizerName: String, CaseIterable, Sendable {
    /// Adam with decoupled weight decay.
    case adamw
    /// Gradient descent with momentum.
    case sgd
}

/// The exponential moving average of weights.
package final class WeightAverage {
    private let decay: Float
    private let tensors: [PlanTensor]
    private let averages: [FloatMemory]

    /// Begins with the present weights.
    package init(decay: Float, of tensors: [PlanTensor]) {
        self.decay = decay
        self.tensors = tensors
        averages = tensors.map { FloatMemory($0.values.toArray()) }
    }

    /// What has to be kept to go on later, in the order of the tensors.
    var state: [FloatMemory] { averages }

    /// Takes the present weights into the average.
    package func update() {
        for (tensor, average) in zip(tensors, averages) {
            WeightKernels.blend(
                tensor.values.readOnly,
                share: 1 - decay,
                into: average.slice
            )
        }
    }

    /// Swaps the average and the present weights; twice restores both.
    package func exchange() {
        for (tensor, average) in zip(tensors, averages) {
            let present = tensor.values.toArray()
            tensor.values.slice.update(from: average.readOnly)
            average.slice.update(from: present.span)
        }
    }
}

/// What an optimiser does to weights, and sums over them.
package enum WeightKernels {
    /// One step of Adam with decoupled weight decay (Loshchilov and Hutter, 2019).
    package static func adamW(
        weights: MutableFloatSlice,
        gradient: FloatSlice,
        mean: MutableFloatSlice,
        square: MutableFloatSlice,
        rate: Float,
        beta1: Float,
        beta2: Float,
        epsilon: Float,
        decay: Float,
        step: Int
    ) {
        for slice in [gradient, mean.readOnly, square.readOnly] {
            slice.require(weights.count, "state")
        }
        unsafe gk_adamw(
            weights.count,
            weights.base,
            gradient.base,
            mean.base,
            square.base,
            rate,
            beta1,
            beta2,
            epsilon,
            decay,
            correction(beta1, step: step),
            correction(beta2, step: step)
        )
    }

    /// One step of gradient descent with momentum; the decay is part of the gradient.
    package static func momentum(
        weights: MutableFloatSlice,
        gradient: FloatSlice,
        velocity: MutableFloatSlice,
        rate: Float,
        momentum: Float,
        decay: Float
    ) {
        for slice in [gradient, velocity.readOnly] { slice.require(weights.count, "state") }
        unsafe gk_momentum(
            weights.count,
            weights.base,
            gradient.base,
            velocity.base,
            rate,
            momentum,
            decay
        )
    }

    /// Moves `average` towards `values` by a share of the difference.
    package static func blend(_ values: FloatSlice, share: Float, into average: MutableFloatSlice) {
        average.require(values.count, "average")
        unsafe gk_blend(values.count, values.base, share, average.base)
    }

    /// Multiplies every number.
    package static func scale(_ values: MutableFloatSlice, by factor: Float) {
        unsafe gk_scale(values.count, factor, values.base)
    }

    /// Σ x².
    package static func sumOfSquares(_ values: FloatSlice) -> Double {
        unsafe gk_sum_squares(values.count, values.base)
    }

    /// The sum of slices that lie `step` floats apart, added to what is there if `adds`.
    package static func sum(
        parts: FloatSlice,
        count: Int,
        step: Int,
        adds: Bool,
        into total: MutableFloatSlice
    ) {
        parts.require(count > 0 ? (count - 1) * step + total.count : 0, "parts")
        unsafe gk_sum_parts(count, step, total.count, parts.base, adds ? 1 : 0, total.base)
    }

    /// 1 − betaᵗ, which makes up for averages that began at zero.
    private static func correction(_ beta: Float, step: Int) -> Float {
        var power = 1.0
        var factor = Double(beta)
        var rest = step
        while rest > 0 {
            if rest % 2 == 1 { power *= factor }
            factor *= factor
            rest /= 2
        }
        return Float(1 - power)
    }
}
