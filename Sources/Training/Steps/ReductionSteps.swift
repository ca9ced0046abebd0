import CKernels
import NeuralNetwork

/// The sum, mean or maximum over some axes.
final class ReductionStep: PlanStep {
    enum Kind {
        case sum
        case mean
        case maximum
    }

    let outputs: [PlanTensor]
    private let input: PlanEdge
    private let kind: Kind
    private let loop: StridedLoop
    private let scale: Float
    private let places: PlaceBuffer?

    private init(
        _ context: StepContext,
        _ kind: Kind,
        axes: Set<Int>,
        keepsAxes: Bool
    ) throws(TrainingError) {
        self.kind = kind
        input = try context.edge(0)
        let shape = input.shape
        guard shape.count <= StridedLoop.maximumRank else {
            throw context.refusal("\(shape.count) axes")
        }
        let kept = shape.indices.map { axes.contains($0) ? 1 : shape[$0] }
        let strides = RowMajor.strides(of: kept)
        loop = StridedLoop(
            shape: shape,
            first: RowMajor.strides(of: shape),
            second: shape.indices.map { axes.contains($0) ? 0 : strides[$0] }
        )
        let length = axes.reduce(1) { $0 * shape[$1] }
        scale = kind == .mean ? 1 / Float(max(length, 1)) : 1
        places = kind == .maximum ? PlaceBuffer(count: kept.reduce(1, *)) : nil
        let reduced = shape.indices.filter { !axes.contains($0) }.map { shape[$0] }
        outputs = [context.output(keepsAxes ? kept : reduced)]
    }

    static func overAxes(
        _ context: StepContext,
        _ kind: Kind
    ) throws(TrainingError)
        -> ReductionStep
    {
        let rank = try context.edge(0).shape.count
        var axes: Set<Int> = []
        for axis in try context.integers("axes", orInput: 1) ?? Array(0..<rank) {
            axes.insert(try context.axis(axis, rank: rank))
        }
        return try ReductionStep(
            context,
            kind,
            axes: axes,
            keepsAxes: context.integer("keepdims") ?? 1 != 0
        )
    }

    /// Over all axes behind the channels, as global pooling does.
    static func overImage(
        _ context: StepContext,
        _ kind: Kind
    ) throws(TrainingError)
        -> ReductionStep
    {
        let rank = try context.edge(0).shape.count
        return try ReductionStep(context, kind, axes: Set(2..<max(rank, 2)), keepsAxes: true)
    }

    func forward(_ run: PlanRun) {
        let output = outputs[0].values.slice
        if places == nil { output.fill(with: 0) }
        eachOuter(run) { part, source, target in
            let from = input.values[source..<input.values.count]
            let to = output[target..<output.count]
            guard let places else {
                return part.copy(scale: scale, adds: true, from: from, to: to)
            }
            from.require(part.firstReach, "source")
            to.require(part.secondReach, "target")
            let range = target..<target + part.secondReach
            places.forget(range)
            var loop = part.kernelLoop
            unsafe gk_maximum(&loop, from.base, to.base, places.pointer(to: range))
        }
    }

    func backward(_ run: PlanRun) {
        guard let dy = outputs[0].gradient?.readOnly, let dx = input.gradientToAddTo() else {
            return
        }
        eachOuter(run) { part, source, target in
            let from = dy[target..<dy.count]
            let to = dx[source..<dx.count]
            guard let places else {
                return part.reversed.copy(scale: scale, adds: true, from: from, to: to)
            }
            from.require(part.secondReach, "gradient")
            to.require(part.firstReach, "source")
            let origins = unsafe places.pointer(to: target..<target + part.secondReach)
            var loop = part.kernelLoop
            unsafe gk_maximum_gradient(&loop, from.base, origins, to.base)
        }
    }

    /// Shares the first axis out among threads, unless it is reduced.
    private func eachOuter(
        _ run: PlanRun,
        _ body: (_ part: StridedLoop, _ source: Int, _ target: Int) -> Void
    ) {
        guard let outer = loop.shape.first, loop.second[0] != 0 else { return body(loop, 0, 0) }
        run.crew.forEachPart(of: outer) { _, range, _ in
            let start = range.lowerBound
            body(loop.part(range), start * loop.first[0], start * loop.second[0])
        }
    }
}

/// Softmax or its logarithm, over the middle axis of [outer, length, inner].
final class SoftmaxStep: PlanStep {
    let outputs: [PlanTensor]
    private let input: PlanEdge
    /// 1 for the logarithm, else 0, as the kernels take it.
    private let isLogarithm: Int32
    private let (outer, length, inner): (Int, Int, Int)

    init(_ context: StepContext, isLogarithm: Bool) throws(TrainingError) {
        self.isLogarithm = isLogarithm ? 1 : 0
        input = try context.edge(0)
        let shape = input.shape
        // Before version 13 all axes from this one on were one distribution.
        let isJoint = context.opset < 13
        let axis = try context.axis(
            context.integer("axis") ?? (isJoint ? 1 : -1),
            rank: shape.count
        )
        let last = isJoint ? shape.count : axis + 1
        outer = shape[..<axis].reduce(1, *)
        length = shape[axis..<last].reduce(1, *)
        inner = shape[last...].reduce(1, *)
        outputs = [context.output(shape)]
    }

    func forward(_ run: PlanRun) {
        let (x, y) = (input.values, outputs[0].values.slice)
        unsafe gk_softmax(isLogarithm, outer, length, inner, x.base, y.base)
    }

    func backward(_ run: PlanRun) {
        guard let dy = outputs[0].gradient?.readOnly, let dx = input.gradient else { return }
        let (y, adds): (FloatSlice, Int32) = (outputs[0].values.readOnly, input.adds ? 1 : 0)
        unsafe gk_softmax_gradient(
            isLogarithm,
            outer,
            length,
            inner,
            y.base,
            dy.base,
            adds,
            dx.base
        )
    }
}
