import CKernels
package import NeuralNetwork

/// A function applied to every number.
final class FunctionStep: PlanStep {
    let outputs: [PlanTensor]
    private let input: PlanEdge
    private let function: DifferentiableFunction

    init(_ context: StepContext, _ function: DifferentiableFunction) throws(TrainingError) {
        self.function = function
        input = try context.edge(0)
        outputs = [context.output(input.shape)]
    }

    func forward(_ run: PlanRun) {
        run.crew.forEachPart(of: input.values.count) { _, range, _ in
            function.apply(to: input.values[range], into: outputs[0].values.slice[range])
        }
    }

    func backward(_ run: PlanRun) {
        guard let gradient = input.gradient, let dy = outputs[0].gradient?.readOnly else { return }
        run.crew.forEachPart(of: gradient.count) { _, range, _ in
            function.gradient(
                x: input.values[range],
                y: outputs[0].values.readOnly[range],
                dy: dy[range],
                adds: input.adds,
                into: gradient[range]
            )
        }
    }

    /// The operators of this kind.
    static let makers: [String: StepRegistry.Maker] = [
        "Abs": { context throws(TrainingError) in try FunctionStep(context, .magnitude) },
        "Celu": { context throws(TrainingError) in
            try FunctionStep(context, .celu(alpha: context.float("alpha") ?? 1))
        },
        "Clip": { context throws(TrainingError) in
            let low = try context.float("min", orInput: 1) ?? -Float.greatestFiniteMagnitude
            let high = try context.float("max", orInput: 2) ?? Float.greatestFiniteMagnitude
            return try FunctionStep(context, .clip(low: low, high: high))
        },
        "Elu": { context throws(TrainingError) in
            try FunctionStep(context, .elu(alpha: context.float("alpha") ?? 1))
        },
        "Exp": { context throws(TrainingError) in try FunctionStep(context, .exponential) },
        "Gelu": { context throws(TrainingError) in
            guard context.string("approximate") ?? "none" == "none" else {
                throw context.refusal("only the exact Gelu has a gradient")
            }
            return try FunctionStep(context, .gelu)
        },
        "HardSigmoid": { context throws(TrainingError) in
            let (alpha, beta) = (context.float("alpha") ?? 0.2, context.float("beta") ?? 0.5)
            return try FunctionStep(context, .hardSigmoid(alpha: alpha, beta: beta))
        },
        "HardSwish": { context throws(TrainingError) in try FunctionStep(context, .hardSwish) },
        "LeakyRelu": { context throws(TrainingError) in
            try FunctionStep(context, .leakyRelu(slope: context.float("alpha") ?? 0.01))
        },
        "Log": { context throws(TrainingError) in try FunctionStep(context, .logarithm) },
        "Mish": { context throws(TrainingError) in try FunctionStep(context, .mish) },
        "Neg": { context throws(TrainingError) in try FunctionStep(context, .negative) },
        "Reciprocal": { context throws(TrainingError) in
            try FunctionStep(context, .reciprocal)
        },
        "Relu": { context throws(TrainingError) in try FunctionStep(context, .relu) },
        "Selu": { context throws(TrainingError) in
            let alpha = context.float("alpha") ?? 1.673_263_2
            let gamma = context.float("gamma") ?? 1.050_701
            return try FunctionStep(context, .selu(alpha: alpha, gamma: gamma))
        },
        "Sigmoid": { context throws(TrainingError) in try FunctionStep(context, .sigmoid) },
        "Softplus": { context throws(TrainingError) in try FunctionStep(context, .softplus) },
        "Softsign": { context throws(TrainingError) in try FunctionStep(context, .softsign) },
        "Sqrt": { context throws(TrainingError) in try FunctionStep(context, .squareRoot) },
        "Tanh": { context throws(TrainingError) in try FunctionStep(context, .tanh) },
        "ThresholdedRelu": { context throws(TrainingError) in
            let threshold = context.float("alpha") ?? 1
            return try FunctionStep(context, .thresholdedRelu(threshold: threshold))
        },
    ]
}

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

/// In training, sets numbers to zero at random and scales the others up.
final class DropoutStep: PlanStep {
    let outputs: [PlanTensor]
    private let input: PlanEdge
    private let ratio: Float
    private let index: Int

    init(_ context: StepContext) throws(TrainingError) {
        input = try context.edge(0)
        ratio = try context.float("ratio", orInput: 1) ?? 0.5
        guard ratio >= 0, ratio < 1 else { throw context.refusal("a ratio of \(ratio)") }
        guard context.node.outputs.count == 1 else { throw context.refusal("it gives its mask") }
        index = context.index
        outputs = [context.output(input.shape)]
    }

    func forward(_ run: PlanRun) {
        apply(run, input.values, adds: false, outputs[0].values.slice)
    }

    func backward(_ run: PlanRun) {
        guard let dy = outputs[0].gradient?.readOnly, let dx = input.gradient else { return }
        apply(run, dy, adds: input.adds, dx)
    }

    private func apply(
        _ run: PlanRun,
        _ source: FloatSlice,
        adds: Bool,
        _ target: MutableFloatSlice
    ) {
        let seed = run.seed &+ UInt64(index) &* 0x1_0000_0001
        DropoutKernel.apply(
            seed: seed &* 0x9E37_79B9_7F4A_7C15,
            firstIndex: 0,
            ratio: run.isTraining ? ratio : 0,
            to: source,
            adds: adds,
            into: target
        )
    }
}

/// Sets numbers to zero at random and scales the others up, or their gradients alike.
package enum DropoutKernel {
    /// y = x / (1 − ratio) or 0, as the seed says of each index; added to y if `adds`.
    ///
    /// `firstIndex` is the index of the first of these numbers in the whole tensor.
    package static func apply(
        seed: UInt64,
        firstIndex: Int,
        ratio: Float,
        to x: FloatSlice,
        adds: Bool,
        into y: MutableFloatSlice
    ) {
        y.require(x.count, "result")
        unsafe gk_drop(
            seed,
            UInt64(firstIndex),
            ratio,
            x.count,
            x.base,
            adds ? 1 : 0,
            y.base
        )
    }
}
