import CKernels
private import Glibc

/// A function of one number, applied to every element; also what a convolution or product ends with.
///
/// Largest errors against double precision, over all finite inputs unless said, are those that
/// `ScalarFunctionTests` holds: 2 ULP for exp, log, sigmoid, tanh, erf and softplus; see there for
/// the others. NaN stays NaN.
package enum ScalarFunction: Hashable, Sendable {
    case identity
    case relu
    case clip(low: Float, high: Float)
    case leakyReLU(slope: Float)
    case elu(alpha: Float)
    case selu(alpha: Float, gamma: Float)
    case sigmoid
    case hardSigmoid(alpha: Float, beta: Float)
    case hardSwish
    case silu
    case tanh
    case erf
    /// x·Φ(x) by the error function.
    case gelu
    /// The approximation of GELU by tanh.
    case geluTanh
    case softplus
    case softsign
    case exp
    case log
    case squareRoot
    case reciprocal
    case absolute
    case negate
    case floor
    case ceiling
    /// To the nearest integer, halves to the even one.
    case round

    /// output[i] = f(input[i]); `output` may be `input`, and is at least as long.
    package func apply(
        _ input: FloatSlice,
        into output: MutableFloatSlice,
        level: InstructionLevel = .best
    ) {
        output.require(input.count, "output")
        unsafe tk_apply(level.code, cFunction, input.count, input.base, output.base)
    }

    /// The bounds of a function that only limits, which kernels do while they store.
    var bounds: (low: Float, high: Float)? {
        switch self {
        case .identity: (-.infinity, .infinity)
        case .relu: (0, .infinity)
        case .clip(let low, let high): (low, high)
        default: nil
        }
    }

    private var cFunction: tk_function {
        switch self {
        case .identity: tk_function(kind: TK_IDENTITY, a: 0, b: 0)
        case .relu: tk_function(kind: TK_RELU, a: 0, b: 0)
        case .clip(let low, let high): tk_function(kind: TK_CLIP, a: low, b: high)
        case .leakyReLU(let slope): tk_function(kind: TK_LEAKY_RELU, a: slope, b: 0)
        case .elu(let alpha): tk_function(kind: TK_ELU, a: alpha, b: 0)
        case .selu(let alpha, let gamma): tk_function(kind: TK_SELU, a: alpha, b: gamma)
        case .sigmoid: tk_function(kind: TK_SIGMOID, a: 0, b: 0)
        case .hardSigmoid(let alpha, let beta):
            tk_function(kind: TK_HARD_SIGMOID, a: alpha, b: beta)
        case .hardSwish: tk_function(kind: TK_HARD_SWISH, a: 0, b: 0)
        case .silu: tk_function(kind: TK_SILU, a: 0, b: 0)
        case .tanh: tk_function(kind: TK_TANH, a: 0, b: 0)
        case .erf: tk_function(kind: TK_ERF, a: 0, b: 0)
        case .gelu: tk_function(kind: TK_GELU, a: 0, b: 0)
        case .geluTanh: tk_function(kind: TK_GELU_TANH, a: 0, b: 0)
        case .softplus: tk_function(kind: TK_SOFTPLUS, a: 0, b: 0)
        case .softsign: tk_function(kind: TK_SOFTSIGN, a: 0, b: 0)
        case .exp: tk_function(kind: TK_EXP, a: 0, b: 0)
        case .log: tk_function(kind: TK_LOG, a: 0, b: 0)
        case .squareRoot: tk_function(kind: TK_SQRT, a: 0, b: 0)
        case .reciprocal: tk_function(kind: TK_RECIPROCAL, a: 0, b: 0)
        case .absolute: tk_function(kind: TK_ABS, a: 0, b: 0)
        case .negate: tk_function(kind: TK_NEGATE, a: 0, b: 0)
        case .floor: tk_function(kind: TK_FLOOR, a: 0, b: 0)
        case .ceiling: tk_function(kind: TK_CEIL, a: 0, b: 0)
        case .round: tk_function(kind: TK_ROUND, a: 0, b: 0)
        }
    }
}

extension ScalarFunction {
    /// The function's value in double precision, by the formulas of ONNX's operators.
    func callAsFunction(_ x: Double) -> Double {
        switch self {
        case .identity: x
        case .relu: x < 0 ? 0 : x
        case .clip(let low, let high): Swift.min(Swift.max(x, Double(low)), Double(high))
        case .leakyReLU(let slope): x < 0 ? Double(slope) * x : x
        case .elu(let alpha): x < 0 ? Double(alpha) * expm1(x) : x
        case .selu(let alpha, let gamma):
            Double(gamma) * (x > 0 ? x : Double(alpha) * expm1(x))
        case .sigmoid: 1 / (1 + Glibc.exp(-x))
        case .hardSigmoid(let alpha, let beta):
            Swift.max(0, Swift.min(1, Double(alpha) * x + Double(beta)))
        case .hardSwish: x * Swift.max(0, Swift.min(1, x / 6 + 0.5))
        case .silu: x / (1 + Glibc.exp(-x))
        case .tanh: Glibc.tanh(x)
        case .erf: Glibc.erf(x)
        case .gelu: 0.5 * x * (1 + Glibc.erf(x / 2.0.squareRoot()))
        case .geluTanh:
            0.5 * x * (1 + Glibc.tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
        case .softplus: x > 0 ? x + log1p(Glibc.exp(-x)) : log1p(Glibc.exp(x))
        case .softsign: x / (1 + x.magnitude)
        case .exp: Glibc.exp(x)
        case .log: Glibc.log(x)
        case .squareRoot: x.squareRoot()
        case .reciprocal: 1 / x
        case .absolute: x.magnitude
        case .negate: -x
        case .floor: x.rounded(.down)
        case .ceiling: x.rounded(.up)
        case .round: x.rounded(.toNearestOrEven)
        }
    }
}
