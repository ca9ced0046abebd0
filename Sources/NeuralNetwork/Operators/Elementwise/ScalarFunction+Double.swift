private import Glibc

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
