import NeuralNetwork

/// Normalisation of each channel by the batch's statistics, with a rectifier behind it if fused.
///
/// In training the batch's mean and variance are taken and the running averages moved; otherwise,
/// and where the scale is frozen, the running averages are taken.
final class BatchNormalizationStep: PlanStep {
    let outputs: [PlanTensor]
    private let input: PlanEdge
    private let scale: PlanEdge
    private let shift: PlanEdge
    private let runningMean: PlanEdge
    private let runningVariance: PlanEdge
    private let rectifies: Bool
    private let epsilon: Float
    private let momentum: Float
    private let kernels: NormalizationKernels
    /// What the last pass used: mean and 1 / deviation of each channel.
    private let means: FloatMemory
    private let inverses: FloatMemory

    init(_ context: StepContext, rectifies: Bool) throws(TrainingError) {
        self.rectifies = rectifies
        input = try context.edge(0)
        scale = try context.edge(1)
        shift = try context.edge(2)
        runningMean = try context.edge(3)
        runningVariance = try context.edge(4)
        epsilon = context.float("epsilon") ?? 1e-5
        momentum = context.float("momentum") ?? 0.9
        let shape = input.shape
        guard shape.count >= 2, context.node.outputs.count == 1,
            [scale, shift, runningMean, runningVariance].allSatisfy({
                $0.values.count == shape[1]
            })
        else { throw context.refusal("its statistics do not fit \(shape)") }
        kernels = NormalizationKernels(
            images: shape[0],
            channels: shape[1],
            plane: shape.dropFirst(2).reduce(1, *)
        )
        means = FloatMemory(count: shape[1])
        inverses = FloatMemory(count: shape[1])
        outputs = [context.output(shape)]
    }

    private func usesBatch(_ run: PlanRun) -> Bool { run.isTraining && scale.needsGradient }

    func forward(_ run: PlanRun) {
        let usesBatch = usesBatch(run)
        eachChannel(run) { channel in
            var mean = runningMean.values[channel]
            var variance = runningVariance.values[channel]
            if usesBatch {
                let moments = kernels.moments(ofChannel: channel, in: input.values)
                runningMean.tensor.values.slice[channel] =
                    mean * momentum + moments.mean * (1 - momentum)
                runningVariance.tensor.values.slice[channel] =
                    variance * momentum + moments.variance * (1 - momentum)
                (mean, variance) = moments
            }
            let inverse = 1 / (variance + epsilon).squareRoot()
            means.slice[channel] = mean
            inverses.slice[channel] = inverse
            let factor = scale.values[channel] * inverse
            kernels.scale(
                channel: channel,
                of: input.values,
                by: factor,
                shift: shift.values[channel] - mean * factor,
                rectifies: rectifies,
                into: outputs[0].values.slice
            )
        }
    }

    func backward(_ run: PlanRun) {
        guard let dy = outputs[0].gradient?.readOnly else { return }
        let usesBatch = usesBatch(run)
        let count = Double(kernels.images * kernels.plane)
        let rectified = rectifies ? outputs[0].values.readOnly : nil
        eachChannel(run) { channel in
            let (mean, inverse) = (means.readOnly[channel], inverses.readOnly[channel])
            let sums = kernels.sums(
                channel: channel,
                gradient: dy,
                x: input.values,
                rectified: rectified,
                mean: mean
            )
            put(Float(sums.product) * inverse, at: channel, into: scale)
            put(Float(sums.gradient), at: channel, into: shift)
            guard let dx = input.gradient else { return }
            var factors = (a: scale.values[channel] * inverse, b: Float(0), c: Float(0))
            if usesBatch {
                factors.b = -factors.a * inverse * inverse * Float(sums.product / count)
                factors.c = -factors.a * Float(sums.gradient / count) - factors.b * mean
            }
            kernels.inputGradient(
                channel: channel,
                gradient: dy,
                x: input.values,
                rectified: rectified,
                factors: factors,
                adds: input.adds,
                into: dx
            )
        }
    }

    private func put(_ value: Float, at channel: Int, into edge: PlanEdge) {
        guard let gradient = edge.gradient else { return }
        gradient[channel] = edge.adds ? gradient[channel] + value : value
    }

    private func eachChannel(_ run: PlanRun, _ body: (Int) -> Void) {
        run.crew.forEachPart(of: kernels.channels) { _, range, _ in
            for channel in range { body(channel) }
        }
    }
}
