import CKernels
import NeuralNetwork

/// A function applied to every number.
///
/// The kernels call the C library's functions. Inference has other ones, whose approximations differ
/// in the last bits, so that a training would end in other weights.
final class FunctionStep: PlanStep {
    let outputs: [PlanTensor]
    private let input: PlanEdge
    private let kind: gk_function_kind
    private let a: Float
    private let b: Float

    /// A constant of a function: an attribute, or an input in newer operator sets.
    typealias Constant = (name: String, usual: Float)

    /// The operators, each with its kernel and the constants of that.
    static let functions: [String: (kind: gk_function_kind, a: Constant?, b: Constant?)] = [
        "Abs": (GK_ABS, nil, nil),
        "Celu": (GK_CELU, ("alpha", 1), nil),
        "Clip": (
            GK_CLIP, ("min", -Float.greatestFiniteMagnitude), ("max", Float.greatestFiniteMagnitude)
        ),
        "Elu": (GK_ELU, ("alpha", 1), nil),
        "Exp": (GK_EXP, nil, nil),
        "Gelu": (GK_GELU, nil, nil),
        "HardSigmoid": (GK_HARD_SIGMOID, ("alpha", 0.2), ("beta", 0.5)),
        "HardSwish": (GK_HARD_SWISH, nil, nil),
        "LeakyRelu": (GK_LEAKY_RELU, ("alpha", 0.01), nil),
        "Log": (GK_LOG, nil, nil),
        "Mish": (GK_MISH, nil, nil),
        "Neg": (GK_NEGATE, nil, nil),
        "Reciprocal": (GK_RECIPROCAL, nil, nil),
        "Relu": (GK_RELU, nil, nil),
        "Selu": (GK_SELU, ("alpha", 1.673_263_2), ("gamma", 1.050_701)),
        "Sigmoid": (GK_SIGMOID, nil, nil),
        "Softplus": (GK_SOFTPLUS, nil, nil),
        "Softsign": (GK_SOFTSIGN, nil, nil),
        "Sqrt": (GK_SQRT, nil, nil),
        "Tanh": (GK_TANH, nil, nil),
        "ThresholdedRelu": (GK_THRESHOLDED_RELU, ("alpha", 1), nil),
    ]

    init(_ context: StepContext) throws(TrainingError) {
        guard let function = Self.functions[context.node.operatorType] else {
            throw context.refusal("it is not a function of one number")
        }
        guard context.string("approximate") ?? "none" == "none" else {
            throw context.refusal("only the exact function has a gradient")
        }
        func value(_ constant: Constant?, input index: Int) throws(TrainingError) -> Float {
            guard let constant else { return 0 }
            return try context.float(constant.name, orInput: index) ?? constant.usual
        }
        kind = function.kind
        a = try value(function.a, input: 1)
        b = try value(function.b, input: 2)
        input = try context.edge(0)
        outputs = [context.output(input.shape)]
    }

    func forward(_ run: PlanRun) {
        run.crew.forEachPart(of: input.values.count) { _, range, _ in
            let (x, y) = (input.values[range], outputs[0].values.slice[range])
            unsafe gk_apply(kind, a, b, x.count, x.base, y.base)
        }
    }

    func backward(_ run: PlanRun) {
        guard let gradient = input.gradient, let dy = outputs[0].gradient?.readOnly else { return }
        let adds: Int32 = input.adds ? 1 : 0
        run.crew.forEachPart(of: gradient.count) { _, range, _ in
            let (x, y) = (input.values[range], outputs[0].values.readOnly[range])
            let (dy, dx) = (dy[range], gradient[range])
            unsafe gk_apply_gradient(kind, a, b, x.count, x.base, y.base, dy.base, adds, dx.base)
        }
    }
}

/// An operation on two tensors with broadcasting.
final class BinaryStep: PlanStep {
    let outputs: [PlanTensor]
    private let left: PlanEdge
    private let right: PlanEdge
    private let kind: gk_binary_kind
    private let loop: StridedLoop

    /// The operators with their kernels.
    ///
    /// The power is of numbers above 0 only.
    static let kinds: [String: gk_binary_kind] = [
        "Add": GK_ADD, "Div": GK_DIVIDE, "Max": GK_MAXIMUM, "Min": GK_MINIMUM, "Mul": GK_MULTIPLY,
        "PRelu": GK_SLOPED, "Pow": GK_POWER, "Sub": GK_SUBTRACT,
    ]

    init(_ context: StepContext) throws(TrainingError) {
        guard let kind = Self.kinds[context.node.operatorType] else {
            throw context.refusal("it is not an operation on two numbers")
        }
        self.kind = kind
        left = try context.edge(0)
        right = try context.edge(1)
        guard context.node.inputs.count == 2 else {
            throw context.refusal("it has \(context.node.inputs.count) inputs instead of 2")
        }
        let rank = max(left.shape.count, right.shape.count)
        guard rank <= StridedLoop.maximumRank else { throw context.refusal("\(rank) axes") }
        let padded = [left.shape, right.shape].map {
            [Int](repeating: 1, count: rank - $0.count) + $0
        }
        let shape = zip(padded[0], padded[1]).map { $0 == 1 ? $1 : $0 }
        guard let first = RowMajor.broadcastStrides(of: left.shape, to: shape),
            let second = RowMajor.broadcastStrides(of: right.shape, to: shape)
        else { throw context.refusal("shapes \(left.shape) and \(right.shape) do not fit") }
        loop = StridedLoop(shape: shape, first: first, second: second)
        outputs = [context.output(shape)]
    }

    func forward(_ run: PlanRun) {
        eachOuter(run, isShared: false) { part, a, b, output in
            let result = outputs[0].values.slice
            let target = result[output..<result.count]
            target.require(part.count, "result")
            var loop = part.kernelLoop
            unsafe gk_binary(kind, &loop, a.base, b.base, target.base)
        }
    }

    func backward(_ run: PlanRun) {
        guard let dy = outputs[0].gradient?.readOnly else { return }
        if let da = left.gradientToAddTo() {
            eachOuter(run, isShared: loop.first.first == 0) { part, a, b, output in
                let gradient = dy[output..<dy.count]
                let target = da[da.count - a.count..<da.count]
                gradient.require(part.count, "gradient")
                target.require(part.firstReach, "gradient")
                var loop = part.kernelLoop
                unsafe gk_binary_left(kind, &loop, a.base, b.base, gradient.base, target.base)
            }
        }
        if let db = right.gradientToAddTo() {
            eachOuter(run, isShared: loop.second.first == 0) { part, a, b, output in
                let gradient = dy[output..<dy.count]
                let target = db[db.count - b.count..<db.count]
                gradient.require(part.count, "gradient")
                target.require(part.secondReach, "gradient")
                var loop = part.kernelLoop
                unsafe gk_binary_right(kind, &loop, a.base, b.base, gradient.base, target.base)
            }
        }
    }

    /// Shares the first axis out among threads, unless all of its steps sum into one place.
    ///
    /// `body` is given its part of the loop, the operands from its first element on, and the index
    /// of its first result.
    private func eachOuter(
        _ run: PlanRun,
        isShared: Bool,
        _ body: (_ part: StridedLoop, _ a: FloatSlice, _ b: FloatSlice, _ output: Int) -> Void
    ) {
        func call(_ part: StridedLoop, from start: Int, output: Int) {
            let a = left.values[start * (loop.first.first ?? 0)..<left.values.count]
            let b = right.values[start * (loop.second.first ?? 0)..<right.values.count]
            a.require(part.firstReach, "first operand")
            b.require(part.secondReach, "second operand")
            body(part, a, b, output)
        }
        guard let outer = loop.shape.first, !isShared else { return call(loop, from: 0, output: 0) }
        let step = loop.count / max(outer, 1)
        run.crew.forEachPart(of: outer) { _, range, _ in
            let start = range.lowerBound
            call(loop.part(range), from: start, output: start * step)
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
        guard ratio >= 0, ratio < 1 else {
            throw context.refusal("its ratio is \(ratio); allowed: at least 0 and below 1")
        }
        guard context.node.outputs.count == 1 else {
            throw context.refusal("its mask output is not supported")
        }
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

    /// y = x / (1 − ratio) or 0, as the seed says of each index; added to y if `adds`.
    private func apply(_ run: PlanRun, _ x: FloatSlice, adds: Bool, _ y: MutableFloatSlice) {
        let seed = (run.seed &+ UInt64(index) &* 0x1_0000_0001) &* 0x9E37_79B9_7F4A_7C15
        let ratio = run.isTraining ? ratio : 0
        y.require(x.count, "result")
        unsafe gk_drop(seed, 0, ratio, x.count, x.base, adds ? 1 : 0, y.base)
    }
}
