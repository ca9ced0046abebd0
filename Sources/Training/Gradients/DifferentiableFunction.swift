internal import CKernels
package import NeuralNetwork

/// A function of one number with its derivative.
///
/// Not `ScalarFunction` of inference, whose list is another one (it also rounds, which has no
/// derivative) and whose approximations differ from these C library functions in the last bits, so
/// that a training would end in other weights.
package enum DifferentiableFunction: Hashable, Sendable {
    case relu
    case leakyRelu(slope: Float)
    case elu(alpha: Float)
    case clip(low: Float, high: Float)
    case sigmoid
    case hardSigmoid(alpha: Float, beta: Float)
    case hardSwish
    case tanh
    case softplus
    case gelu
    case exponential
    case logarithm
    case squareRoot
    case magnitude
    case negative
    case reciprocal
    case selu(alpha: Float, gamma: Float)
    case celu(alpha: Float)
    case softsign
    case thresholdedRelu(threshold: Float)
    case mish

    /// y = f(x); y may be x where ``gradient`` is not called afterwards.
    package func apply(to x: FloatSlice, into y: MutableFloatSlice) {
        y.require(x.count, "result")
        let (kind, a, b) = code
        unsafe gk_apply(kind, a, b, x.count, x.base, y.base)
    }

    /// dx = dy · f′(x), added to what is there if `adds`.
    package func gradient(
        x: FloatSlice,
        y: FloatSlice,
        dy: FloatSlice,
        adds: Bool,
        into dx: MutableFloatSlice
    ) {
        y.require(x.count, "result")
        dy.require(x.count, "gradient")
        dx.require(x.count, "gradient")
        let (kind, a, b) = code
        unsafe gk_apply_gradient(
            kind,
            a,
            b,
            x.count,
            x.base,
            y.base,
            dy.base,
            adds ? 1 : 0,
            dx.base
        )
    }

    private var code: (gk_function_kind, Float, Float) {
        switch self {
        case .relu: (GK_RELU, 0, 0)
        case .leakyRelu(let slope): (GK_LEAKY_RELU, slope, 0)
        case .elu(let alpha): (GK_ELU, alpha, 0)
        case .clip(let low, let high): (GK_CLIP, low, high)
        case .sigmoid: (GK_SIGMOID, 0, 0)
        case .hardSigmoid(let alpha, let beta): (GK_HARD_SIGMOID, alpha, beta)
        case .hardSwish: (GK_HARD_SWISH, 0, 0)
        case .tanh: (GK_TANH, 0, 0)
        case .softplus: (GK_SOFTPLUS, 0, 0)
        case .gelu: (GK_GELU, 0, 0)
        case .exponential: (GK_EXP, 0, 0)
        case .logarithm: (GK_LOG, 0, 0)
        case .squareRoot: (GK_SQRT, 0, 0)
        case .magnitude: (GK_ABS, 0, 0)
        case .negative: (GK_NEGATE, 0, 0)
        case .reciprocal: (GK_RECIPROCAL, 0, 0)
        case .selu(let alpha, let gamma): (GK_SELU, alpha, gamma)
        case .celu(let alpha): (GK_CELU, alpha, 0)
        case .softsign: (GK_SOFTSIGN, 0, 0)
        case .thresholdedRelu(let threshold): (GK_THRESHOLDED_RELU, threshold, 0)
        case .mish: (GK_MISH, 0, 0)
        }
    }
}
