import NeuralNetwork

/// Copies between whole tensors and parts of others: Concat, Pad, Slice, Split and Transpose.
final class CopyStep: PlanStep {
    /// Where elements of an input go; the loop's first operand is the input.
    private struct Part {
        let input: PlanEdge
        let output: PlanTensor
        let loop: StridedLoop
        var sourceStart = 0
        var targetStart = 0
    }

    let outputs: [PlanTensor]
    private let parts: [Part]
    /// The value of output elements that no part writes.
    private let filling: Float?

    private init(_ parts: [Part], outputs: [PlanTensor], filling: Float? = nil) {
        self.parts = parts
        self.outputs = outputs
        self.filling = filling
    }

    func forward(_ run: PlanRun) {
        if let filling { outputs[0].values.slice.fill(with: filling) }
        for part in parts {
            let (source, target) = (part.input.values, part.output.values.slice)
            part.loop.copy(
                adds: false,
                from: source[part.sourceStart..<source.count],
                to: target[part.targetStart..<target.count]
            )
        }
    }

    func backward(_ run: PlanRun) {
        var previous: PlanEdge?
        for part in parts {
            // Parts of one input are neighbours; only the first may clear its gradient.
            let isFirst = part.input !== previous
            previous = part.input
            guard let dx = isFirst ? part.input.gradientToAddTo() : part.input.gradient,
                let dy = part.output.gradient?.readOnly
            else { continue }
            part.loop.reversed.copy(
                adds: true,
                from: dy[part.targetStart..<dy.count],
                to: dx[part.sourceStart..<dx.count]
            )
        }
    }

    /// Tensors one after another along an axis.
    static func concatenation(_ context: StepContext) throws(TrainingError) -> CopyStep {
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
                throw context.refusal("\(input.shape) cannot be concatenated with \(shape)")
            }
        }
        shape[axis] = inputs.reduce(0) { $0 + $1.shape[axis] }
        let strides = RowMajor.strides(of: shape)
        let output = context.output(shape)
        var start = 0
        let parts = inputs.map { input in
            defer { start += input.shape[axis] * strides[axis] }
            let own = RowMajor.strides(of: input.shape)
            let loop = StridedLoop(shape: input.shape, first: own, second: strides)
            return Part(input: input, output: output, loop: loop, targetStart: start)
        }
        return CopyStep(parts, outputs: [output])
    }

    /// A tensor with a constant around it.
    static func padding(_ context: StepContext) throws(TrainingError) -> CopyStep {
        let input = try context.edge(0)
        let rank = input.shape.count
        guard context.string("mode") ?? "constant" == "constant" else {
            throw context.refusal("only a constant padding has a gradient")
        }
        guard let pads = try context.integers("pads", orInput: 1), pads.count == 2 * rank,
            pads.allSatisfy({ $0 >= 0 }), rank <= StridedLoop.maximumRank,
            try context.integers("axes", orInput: 3) == nil
        else { throw context.refusal("its pads are negative or do not fit its axes") }
        let value = try context.float("value", orInput: 2) ?? 0
        let shape = (0..<rank).map { input.shape[$0] + pads[$0] + pads[rank + $0] }
        let strides = RowMajor.strides(of: shape)
        let own = RowMajor.strides(of: input.shape)
        let output = context.output(shape)
        let part = Part(
            input: input,
            output: output,
            loop: StridedLoop(shape: input.shape, first: own, second: strides),
            targetStart: zip(pads, strides).reduce(0) { $0 + $1.0 * $1.1 }
        )
        return CopyStep([part], outputs: [output], filling: value)
    }

    /// Some of the elements along some axes.
    static func slice(_ context: StepContext) throws(TrainingError) -> CopyStep {
        let input = try context.edge(0)
        var shape = input.shape
        guard let starts = try context.integers("starts", orInput: 1),
            let ends = try context.integers("ends", orInput: 2),
            shape.count <= StridedLoop.maximumRank
        else { throw context.refusal("its starts and ends are missing") }
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
                min(max(place < 0 ? place + length : place, lowest), highest)
            }
            let (start, end) = (clamped(starts[index]), clamped(ends[index]))
            let count = max(0, (end - start + step - (step > 0 ? 1 : -1)) / step)
            shape[axis] = count
            first += count > 0 ? start * strides[axis] : 0
            strides[axis] *= step
        }
        let output = context.output(shape)
        let own = RowMajor.strides(of: shape)
        let loop = StridedLoop(shape: shape, first: strides, second: own)
        let part = Part(input: input, output: output, loop: loop, sourceStart: first)
        return CopyStep([part], outputs: [output])
    }

    /// Several tensors out of one, one after another along an axis.
    static func split(_ context: StepContext) throws(TrainingError) -> CopyStep {
        let input = try context.edge(0)
        let rank = input.shape.count
        let axis = try context.axis(context.integer("axis") ?? 0, rank: rank)
        let (length, count) = (input.shape[axis], context.node.outputs.count)
        let even = (length + count - 1) / max(count, 1)
        let sizes =
            try context.integers("split", orInput: 1)
            ?? (0..<count).map { min(even, length - $0 * even) }
        guard sizes.count == count, sizes.reduce(0, +) == length, sizes.allSatisfy({ $0 > 0 }),
            rank <= StridedLoop.maximumRank
        else { throw context.refusal("its parts \(sizes) do not fit \(length)") }
        let strides = RowMajor.strides(of: input.shape)
        var start = 0
        let parts = sizes.enumerated().map { place, size in
            defer { start += size * strides[axis] }
            var shape = input.shape
            shape[axis] = size
            let own = RowMajor.strides(of: shape)
            return Part(
                input: input,
                output: context.output(shape, place: place),
                loop: StridedLoop(shape: shape, first: strides, second: own),
                sourceStart: start
            )
        }
        return CopyStep(parts, outputs: parts.map(\.output))
    }

    /// The axes in another order.
    static func transposition(_ context: StepContext) throws(TrainingError) -> CopyStep {
        let input = try context.edge(0)
        let rank = input.shape.count
        let order = context.integers("perm") ?? Array((0..<rank).reversed())
        guard order.sorted() == Array(0..<rank), rank <= StridedLoop.maximumRank else {
            throw context.refusal("perm \(order) does not fit \(rank) axes")
        }
        let shape = order.map { input.shape[$0] }
        let strides = RowMajor.strides(of: input.shape)
        let output = context.output(shape)
        let loop = StridedLoop(
            shape: shape,
            first: order.map { strides[$0] },
            second: RowMajor.strides(of: shape)
        )
        return CopyStep([Part(input: input, output: output, loop: loop)], outputs: [output])
    }
}

/// The same numbers in another shape: Flatten, Identity, Reshape, Squeeze and Unsqueeze.
final class ViewStep: PlanStep {
    let outputs: [PlanTensor]
    private let input: PlanEdge

    private init(_ context: StepContext, shape: [Int]) throws(TrainingError) {
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
            gradient.sum(parts: dy, adds: true)
        } else {
            gradient.update(from: dy)
        }
    }

    static func identity(_ context: StepContext) throws(TrainingError) -> ViewStep {
        try ViewStep(context, shape: context.edge(0).shape)
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
            throw context.refusal("its shape is missing")
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
            throw context.refusal("its axes are missing")
        }
        let rank = shape.count + axes.count
        var places: [Int] = []
        for axis in axes { places.append(try context.axis(axis, rank: rank)) }
        for place in places.sorted() { shape.insert(1, at: place) }
        return try ViewStep(context, shape: shape)
    }
}
