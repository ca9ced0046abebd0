import NeuralNetwork

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
