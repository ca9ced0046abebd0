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
