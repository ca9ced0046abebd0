import NeuralNetwork

/// The axes in another order.
final class TransposeStep: PlanStep {
    let outputs: [PlanTensor]
    private let input: PlanEdge
    private let copy: StridedCopy

    init(_ context: StepContext) throws(TrainingError) {
        let input = try context.edge(0)
        self.input = input
        let rank = input.shape.count
        let order = context.integers("perm") ?? Array((0..<rank).reversed())
        guard order.sorted() == Array(0..<rank), rank <= StridedLoop.maximumRank else {
            throw context.refusal("perm \(order) for \(rank) axes")
        }
        let shape = order.map { input.shape[$0] }
        let strides = RowMajor.strides(of: input.shape)
        copy = StridedCopy(
            loop: StridedLoop(
                shape: shape,
                first: order.map { strides[$0] },
                second: RowMajor.strides(of: shape)
            ),
            sourceStart: 0,
            targetStart: 0
        )
        outputs = [context.output(shape)]
    }

    func forward(_ run: PlanRun) {
        copy.forward(from: input.values, to: outputs[0].values.slice)
    }

    func backward(_ run: PlanRun) {
        guard let dy = outputs[0].gradient?.readOnly, let dx = input.gradientToAddTo() else {
            return
        }
        copy.backward(from: dy, to: dx)
    }
}

/// Some of the elements along some axes.
final class SliceStep: PlanStep {
    let outputs: [PlanTensor]
    private let input: PlanEdge
    private let copy: StridedCopy

    init(_ context: StepContext) throws(TrainingError) {
        input = try context.edge(0)
        var shape = input.shape
        guard let starts = try context.integers("starts", orInput: 1),
            let ends = try context.integers("ends", orInput: 2), shape.count <= 8
        else { throw context.refusal("it names no starts and ends") }
        let axes = try context.integers("axes", orInput: 3) ?? Array(starts.indices)
        let steps =
            try context.integers("steps", orInput: 4) ?? [Int](repeating: 1, count: starts.count)
        guard axes.count == starts.count, ends.count == starts.count, steps.count == starts.count
        else { throw context.refusal("starts, ends, axes and steps differ in length") }
        var strides = RowMajor.strides(of: shape)
        var first = 0
        for (index, given) in axes.enumerated() {
            let axis = try context.axis(given, rank: shape.count)
            let (length, step) = (input.shape[axis], steps[index])
            guard step != 0 else { throw context.refusal("a step of 0") }
            let lowest = step > 0 ? 0 : -1
            let highest = step > 0 ? length : length - 1
            func clamped(_ place: Int) -> Int {
                let front = place < 0 ? place + length : place
                return min(max(front, lowest), highest)
            }
            let start = clamped(starts[index])
            let end = clamped(ends[index])
            let count = max(0, (end - start + step - (step > 0 ? 1 : -1)) / step)
            shape[axis] = count
            first += count > 0 ? start * strides[axis] : 0
            strides[axis] *= step
        }
        copy = StridedCopy(
            loop: StridedLoop(shape: shape, first: strides, second: RowMajor.strides(of: shape)),
            sourceStart: first,
            targetStart: 0
        )
        outputs = [context.output(shape)]
    }

    func forward(_ run: PlanRun) {
        copy.forward(from: input.values, to: outputs[0].values.slice)
    }

    func backward(_ run: PlanRun) {
        guard let dy = outputs[0].gradient?.readOnly, let dx = input.gradientToAddTo() else {
            return
        }
        copy.backward(from: dy, to: dx)
    }
}

/// Tensors one after another along an axis.
final class ConcatenationStep: PlanStep {
    let outputs: [PlanTensor]
    private let inputs: [PlanEdge]
    private let copies: [StridedCopy]

    init(_ context: StepContext) throws(TrainingError) {
        var inputs: [PlanEdge] = []
        for index in context.node.inputs.indices { inputs.append(try context.edge(index)) }
        guard var shape = inputs.first?.shape, shape.count <= StridedLoop.maximumRank else {
            throw context.refusal("it has no input")
        }
        let axis = try context.axis(context.integer("axis") ?? 0, rank: shape.count)
        for input in inputs {
            var fitting = input.shape
            if fitting.count == shape.count { fitting[axis] = shape[axis] }
            guard fitting == shape else {
                throw context.refusal("\(input.shape) does not fit beside \(shape)")
            }
        }
        shape[axis] = inputs.reduce(0) { $0 + $1.shape[axis] }
        let strides = RowMajor.strides(of: shape)
        var start = 0
        var copies: [StridedCopy] = []
        for input in inputs {
            let loop = StridedLoop(
                shape: input.shape,
                first: RowMajor.strides(of: input.shape),
                second: strides
            )
            copies.append(StridedCopy(loop: loop, sourceStart: 0, targetStart: start))
            start += input.shape[axis] * strides[axis]
        }
        self.inputs = inputs
        self.copies = copies
        outputs = [context.output(shape)]
    }

    func forward(_ run: PlanRun) {
        for (input, copy) in zip(inputs, copies) {
            copy.forward(from: input.values, to: outputs[0].values.slice)
        }
    }

    func backward(_ run: PlanRun) {
        guard let dy = outputs[0].gradient?.readOnly else { return }
        for (input, copy) in zip(inputs, copies) {
            guard let dx = input.gradientToAddTo() else { continue }
            copy.backward(from: dy, to: dx)
        }
    }
}

/// Several tensors out of one, one after another along an axis.
final class SplitStep: PlanStep {
    let outputs: [PlanTensor]
    private let input: PlanEdge
    private let copies: [StridedCopy]

    init(_ context: StepContext) throws(TrainingError) {
        let input = try context.edge(0)
        self.input = input
        let rank = input.shape.count
        let axis = try context.axis(context.integer("axis") ?? 0, rank: rank)
        let (length, count) = (input.shape[axis], context.node.outputs.count)
        let even = (length + count - 1) / max(count, 1)
        let sizes =
            try context.integers("split", orInput: 1)
            ?? (0..<count).map { min(even, length - $0 * even) }
        guard sizes.count == count, sizes.reduce(0, +) == length, sizes.allSatisfy({ $0 > 0 }),
            rank <= StridedLoop.maximumRank
        else { throw context.refusal("parts \(sizes) of \(length)") }
        let strides = RowMajor.strides(of: input.shape)
        var (start, copies, outputs): (Int, [StridedCopy], [PlanTensor]) = (0, [], [])
        for (place, size) in sizes.enumerated() {
            var shape = input.shape
            shape[axis] = size
            let loop = StridedLoop(
                shape: shape,
                first: strides,
                second: RowMajor.strides(of: shape)
            )
            copies.append(
                StridedCopy(loop: loop, sourceStart: start * strides[axis], targetStart: 0)
            )
            outputs.append(context.output(shape, place: place))
            start += size
        }
        self.copies = copies
        self.outputs = outputs
    }

    func forward(_ run: PlanRun) {
        for (output, copy) in zip(outputs, copies) {
            copy.forward(from: input.values, to: output.values.slice)
        }
    }

    func backward(_ run: PlanRun) {
        guard let dx = input.gradientToAddTo() else { return }
        for (output, copy) in zip(outputs, copies) {
            guard let dy = output.gradient?.readOnly else { continue }
            copy.backward(from: dy, to: dx)
        }
    }
}

/// A tensor with a constant around it.
final class PadStep: PlanStep {
    let outputs: [PlanTensor]
    private let input: PlanEdge
    private let copy: StridedCopy
    private let value: Float

    init(_ context: StepContext) throws(TrainingError) {
        let input = try context.edge(0)
        self.input = input
        let rank = input.shape.count
        guard context.string("mode") ?? "constant" == "constant" else {
            throw context.refusal("only a constant padding has a gradient")
        }
        guard let pads = try context.integers("pads", orInput: 1), pads.count == 2 * rank,
            pads.allSatisfy({ $0 >= 0 }), rank <= StridedLoop.maximumRank,
            try context.integers("axes", orInput: 3) == nil
        else { throw context.refusal("its pads are not one of 0 or more at both ends of an axis") }
        value = try context.float("value", orInput: 2) ?? 0
        let shape = (0..<rank).map { input.shape[$0] + pads[$0] + pads[rank + $0] }
        let strides = RowMajor.strides(of: shape)
        copy = StridedCopy(
            loop: StridedLoop(
                shape: input.shape,
                first: RowMajor.strides(of: input.shape),
                second: strides
            ),
            sourceStart: 0,
            targetStart: zip(pads, strides).reduce(0) { $0 + $1.0 * $1.1 }
        )
        outputs = [context.output(shape)]
    }

    func forward(_ run: PlanRun) {
        outputs[0].values.slice.fill(with: value)
        copy.forward(from: input.values, to: outputs[0].values.slice)
    }

    func backward(_ run: PlanRun) {
        guard let dy = outputs[0].gradient?.readOnly, let dx = input.gradientToAddTo() else {
            return
        }
        copy.backward(from: dy, to: dx)
    }
}

/// The same numbers in another shape.
final class ViewStep: PlanStep {
    let outputs: [PlanTensor]
    private let input: PlanEdge

    init(_ context: StepContext, shape: [Int]) throws(TrainingError) {
        input = try context.edge(0)
        guard shape.reduce(1, *) == input.values.count else {
            throw context.refusal("\(input.shape) cannot become \(shape)")
        }
        outputs = [context.output(shape)]
    }

    func forward(_ run: PlanRun) {
        outputs[0].values.slice.update(from: input.values)
    }

    func backward(_ run: PlanRun) {
        guard let gradient = input.gradient, let dy = outputs[0].gradient?.readOnly else { return }
        if input.adds {
            WeightKernels.sum(parts: dy, count: 1, step: 0, adds: true, into: gradient)
        } else {
            gradient.update(from: dy)
        }
    }

    static func flatten(_ context: StepContext) throws(TrainingError) -> ViewStep {
        let shape = try context.edge(0).shape
        let axis = context.integer("axis") ?? 1
        let start = axis == shape.count ? axis : try context.axis(axis, rank: shape.count)
        let rows = shape[..<start].reduce(1, *)
        return try ViewStep(context, shape: [rows, shape[start...].reduce(1, *)])
    }

    static func reshape(_ context: StepContext) throws(TrainingError) -> ViewStep {
        let input = try context.edge(0)
        guard var shape = try context.integers("shape", orInput: 1) else {
            throw context.refusal("it names no shape")
        }
        if context.integer("allowzero") ?? 0 == 0 {
            for axis in shape.indices where shape[axis] == 0 && axis < input.shape.count {
                shape[axis] = input.shape[axis]
            }
        }
        if let open = shape.firstIndex(of: -1) {
            let known = shape.filter { $0 != -1 }.reduce(1, *)
            shape[open] = known > 0 ? input.values.count / known : 0
        }
        return try ViewStep(context, shape: shape)
    }

    static func squeeze(_ context: StepContext) throws(TrainingError) -> ViewStep {
        let shape = try context.edge(0).shape
        var dropped: Set<Int> = []
        if let axes = try context.integers("axes", orInput: 1) {
            for axis in axes { dropped.insert(try context.axis(axis, rank: shape.count)) }
        } else {
            dropped = Set(shape.indices.filter { shape[$0] == 1 })
        }
        return try ViewStep(
            context,
            shape: shape.indices.filter { !dropped.contains($0) }.map { shape[$0] }
        )
    }

    static func unsqueeze(_ context: StepContext) throws(TrainingError) -> ViewStep {
        var shape = try context.edge(0).shape
        guard let axes = try context.integers("axes", orInput: 1) else {
            throw context.refusal("it names no axes")
        }
        let rank = shape.count + axes.count
        var places: [Int] = []
        for axis in axes { places.append(try context.axis(axis, rank: rank)) }
        for place in places.sorted() { shape.insert(1, at: place) }
        return try ViewStep(context, shape: shape)
    }
}

/// A copy between a whole tensor and some elements of another one, with its gradient.
struct StridedCopy {
    /// The first operand is the source.
    let loop: StridedLoop
    let sourceStart: Int
    let targetStart: Int

    func forward(from source: FloatSlice, to target: MutableFloatSlice) {
        StridedKernels.copy(
            loop,
            adds: false,
            from: source[sourceStart..<source.count],
            to: target[targetStart..<target.count]
        )
    }

    /// Adds the target's gradient to the source's.
    func backward(from target: FloatSlice, to source: MutableFloatSlice) {
        StridedKernels.copy(
            StridedLoop(shape: loop.shape, first: loop.second, second: loop.first),
            adds: true,
            from: target[targetStart..<target.count],
            to: source[sourceStart..<source.count]
        )
    }
}
