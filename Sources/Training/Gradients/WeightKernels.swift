internal import CKernels
package import NeuralNetwork

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
