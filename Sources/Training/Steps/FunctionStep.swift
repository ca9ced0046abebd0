import NeuralNetwork

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
