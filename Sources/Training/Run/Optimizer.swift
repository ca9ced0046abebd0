import CKernels
import NeuralNetwork

/// Moves weights against their gradients: AdamW (Loshchilov and Hutter, 2019) or momentum.
final class Optimizer {
    /// The rule of a step.
    enum Rule: Equatable, Sendable {
        /// Adam with decoupled weight decay.
        case adamW(beta1: Float, beta2: Float, epsilon: Float)
        /// Gradient descent with momentum; the decay is part of the gradient.
        case momentum(Float)

        /// AdamW with its usual constants.
        static let standard = Rule.adamW(beta1: 0.9, beta2: 0.999, epsilon: 1e-8)
    }

    private let rule: Rule
    private let weightDecay: Float
    private let hold: Float
    private let weights: [PlanTensor]
    /// Where the weights that are held began; nil for the others.
    private let starts: [FloatMemory?]
    private let first: [FloatMemory]
    private let second: [FloatMemory]
    /// The number of steps made.
    private(set) var stepCount = 0

    /// Creates the optimizer of a plan's weights.
    ///
    /// Tensors of one axis (biases, and scales and shifts of normalisations) do not decay.
    ///
    /// - Parameters:
    ///   - rule: The rule of a step.
    ///   - weightDecay: How strongly weights are pulled to zero.
    ///   - hold: How strongly held weights are pulled to where they are now (Li, Grandvalet and
    ///     Davoine, 2018).
    ///   - weights: The weights.
    ///   - isHeld: Whether the weight of a name is held.
    init(
        _ rule: Rule,
        weightDecay: Float,
        hold: Float = 0,
        weights: [PlanTensor],
        isHeld: (String) -> Bool = { _ in true }
    ) {
        self.rule = rule
        self.weightDecay = weightDecay
        self.hold = hold
        self.weights = weights
        starts = weights.map { weight in
            hold > 0 && isHeld(weight.name) ? FloatMemory(weight.values.toArray()) : nil
        }
        first = weights.map { FloatMemory(count: $0.count) }
        second =
            if case .adamW = rule { weights.map { FloatMemory(count: $0.count) } } else { [] }
    }

    /// What a later continuation needs: the averages, in the order of the weights.
    var state: [FloatMemory] { first + second }

    /// Continues from saved averages.
    func restore(_ state: [[Float]], stepCount: Int) {
        precondition(state.count == self.state.count, "a state of \(state.count) tensors")
        for (buffer, values) in zip(self.state, state) { buffer.slice.update(from: values.span) }
        self.stepCount = stepCount
    }

    /// Scales all gradients down so that together they are no longer than `limit`.
    ///
    /// - Returns: Their length before.
    @discardableResult
    func clipGradients(to limit: Float) -> Float {
        let squares = weights.reduce(0.0) { sum, weight in
            sum + (weight.gradient.map { unsafe gk_sum_squares($0.count, $0.slice.base) } ?? 0)
        }
        let length = Float(squares.squareRoot())
        guard length > limit else { return length }
        for weight in weights {
            if let gradient = weight.gradient {
                unsafe gk_scale(gradient.count, limit / length, gradient.slice.base)
            }
        }
        return length
    }

    /// Makes one step.
    func step(rate: Float) {
        stepCount += 1
        for (index, weight) in weights.enumerated() {
            guard let gradient = weight.gradient?.readOnly else { continue }
            let decay = weight.shape.count > 1 ? weightDecay : 0
            let (values, average) = (weight.values.slice, first[index].slice)
            switch rule {
            case .adamW(let beta1, let beta2, let epsilon):
                unsafe gk_adamw(
                    values.count,
                    values.base,
                    gradient.base,
                    average.base,
                    second[index].slice.base,
                    rate,
                    beta1,
                    beta2,
                    epsilon,
                    decay,
                    correction(beta1),
                    correction(beta2)
                )
            case .momentum(let momentum):
                unsafe gk_momentum(
                    values.count,
                    values.base,
                    gradient.base,
                    average.base,
                    rate,
                    momentum,
                    decay
                )
            }
            if let start = starts[index] {
                let share = min(rate * hold, 1)
                unsafe gk_blend(values.count, start.readOnly.base, share, values.base)
            }
        }
    }

    /// 1 − betaᵗ, which makes up for averages that began at zero.
    private func correction(_ beta: Float) -> Float {
        var power = 1.0
        var factor = Double(beta)
        var rest = stepCount
        while rest > 0 {
            if rest % 2 == 1 { power *= factor }
            factor *= factor
            rest /= 2
        }
        return Float(1 - power)
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
final class WeightAverage {
    private let decay: Float
    private let tensors: [PlanTensor]
    private let averages: [FloatMemory]

    /// Begins with the present weights.
    init(decay: Float, of tensors: [PlanTensor]) {
        self.decay = decay
        self.tensors = tensors
        averages = tensors.map { FloatMemory($0.values.toArray()) }
    }

    /// What a later continuation needs, in the order of the tensors.
    var state: [FloatMemory] { averages }

    /// Moves the average towards the present weights.
    func update() {
        for (tensor, average) in zip(tensors, averages) {
            unsafe gk_blend(
                tensor.count,
                tensor.values.readOnly.base,
                1 - decay,
                average.slice.base
            )
        }
    }

    /// Swaps the average and the present weights; twice restores both.
    func exchange() {
        for (tensor, average) in zip(tensors, averages) {
            let present = tensor.values.toArray()
            tensor.values.slice.update(from: average.readOnly)
            average.slice.update(from: present.span)
        }
    }
}
