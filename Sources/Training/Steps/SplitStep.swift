import NeuralNetwork

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
