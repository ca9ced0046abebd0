import NeuralNetwork

/// Softmax or its logarithm.
final class SoftmaxStep: PlanStep {
    let outputs: [PlanTensor]
    private let input: PlanEdge
    private let kernel: SoftmaxKernel

    init(_ context: StepContext, isLogarithm: Bool) throws(TrainingError) {
        input = try context.edge(0)
        let shape = input.shape
        // Before version 13 all axes from this one on were one distribution.
        let isJoint = context.opset < 13
        let axis = try context.axis(
            context.integer("axis") ?? (isJoint ? 1 : -1),
            rank: shape.count
        )
        let last = isJoint ? shape.count : axis + 1
        kernel = SoftmaxKernel(
            isLogarithm: isLogarithm,
            outer: shape[..<axis].reduce(1, *),
            length: shape[axis..<last].reduce(1, *),
            inner: shape[last...].reduce(1, *)
        )
        outputs = [context.output(shape)]
    }

    func forward(_ run: PlanRun) {
        kernel.apply(to: input.values, into: outputs[0].values.slice)
    }

    func backward(_ run: PlanRun) {
        guard let dy = outputs[0].gradient?.readOnly, let dx = input.gradient else { return }
        kernel.gradient(y: outputs[0].values.readOnly, dy: dy, adds: input.adds, into: dx)
    }
}
