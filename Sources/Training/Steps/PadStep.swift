import NeuralNetwork

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
