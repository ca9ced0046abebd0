import NeuralNetwork

/// In training, sets numbers to zero at random and scales the others up.
final class DropoutStep: PlanStep {
    let outputs: [PlanTensor]
    private let input: PlanEdge
    private let ratio: Float
    private let index: Int

    init(_ context: StepContext) throws(TrainingError) {
        input = try context.edge(0)
        ratio = try context.float("ratio", orInput: 1) ?? 0.5
        guard ratio >= 0, ratio < 1 else { throw context.refusal("a ratio of \(ratio)") }
        guard context.node.outputs.count == 1 else { throw context.refusal("it gives its mask") }
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

    private func apply(
        _ run: PlanRun,
        _ source: FloatSlice,
        adds: Bool,
        _ target: MutableFloatSlice
    ) {
        let seed = run.seed &+ UInt64(index) &* 0x1_0000_0001
        DropoutKernel.apply(
            seed: seed &* 0x9E37_79B9_7F4A_7C15,
            firstIndex: 0,
            ratio: run.isTraining ? ratio : 0,
            to: source,
            adds: adds,
            into: target
        )
    }
}
