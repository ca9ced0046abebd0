import CKernels
import NeuralNetwork

/// Normalisation of each channel by the batch's statistics, with a rectifier behind it if fused.
///
/// In training the batch's mean and variance are used and the running averages moved; otherwise, and
/// where the scale is frozen, the running averages are used.
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
    /// The batch is [images, channels, plane].
    private let (images, channels, plane): (Int, Int, Int)
    /// What the last pass used: mean and 1 / deviation of each channel.
    private let means: FloatMemory
    private let inverses: FloatMemory

    init(_ context: StepContext, rectifies: Bool = false) throws(TrainingError) {
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
        images = shape[0]
        channels = shape[1]
        plane = shape.dropFirst(2).reduce(1, *)
        means = FloatMemory(count: channels)
        inverses = FloatMemory(count: channels)
        outputs = [context.output(shape)]
    }

    private func usesBatch(_ run: PlanRun) -> Bool { run.isTraining && scale.needsGradient }

    func forward(_ run: PlanRun) {
        let usesBatch = usesBatch(run)
        eachChannel(run) { channel in
            let x = own(input.values, channel)
            var mean = runningMean.values[channel]
            var variance = runningVariance.values[channel]
            if usesBatch {
                (mean, variance) = moments(of: x)
                let rest = 1 - momentum
                let (means, variances) = (runningMean.tensor.values, runningVariance.tensor.values)
                means.slice[channel] = means.slice[channel] * momentum + mean * rest
                variances.slice[channel] = variances.slice[channel] * momentum + variance * rest
            }
            let inverse = 1 / (variance + epsilon).squareRoot()
            means.slice[channel] = mean
            inverses.slice[channel] = inverse
            let factor = scale.values[channel] * inverse
            let offset = shift.values[channel] - mean * factor
            let y = own(outputs[0].values.slice, channel)
            unsafe gk_scale_planes(
                images,
                step,
                plane,
                x.base,
                factor,
                offset,
                rectifies ? 1 : 0,
                y.base
            )
        }
    }

    /// The mean and the variance (of the population) of a channel.
    private func moments(of x: FloatSlice) -> (mean: Float, variance: Float) {
        let count = Double(images * plane)
        let mean = unsafe Float(gk_plane_sum(images, step, plane, x.base) / count)
        let squares = unsafe gk_plane_squares(images, step, plane, x.base, mean)
        return (mean, Float(squares / count))
    }

    func backward(_ run: PlanRun) {
        guard let dy = outputs[0].gradient?.readOnly else { return }
        let usesBatch = usesBatch(run)
        let count = Double(images * plane)
        eachChannel(run) { channel in
            let (mean, inverse) = (means.readOnly[channel], inverses.readOnly[channel])
            let (x, g) = (own(input.values, channel), own(dy, channel))
            let rectified = rectifies ? own(outputs[0].values.readOnly, channel) : nil
            let mask = unsafe rectified?.base
            // Σ g and Σ g · (x − mean), with g = 0 where the rectifier is closed.
            let sums = unsafe withUnsafeTemporaryAllocation(of: Double.self, capacity: 2) { sums in
                unsafe gk_normalization_sums(
                    images,
                    step,
                    plane,
                    g.base,
                    x.base,
                    mask,
                    mean,
                    sums.baseAddress
                )
                return unsafe (gradient: sums[0], product: sums[1])
            }
            put(Float(sums.product) * inverse, at: channel, into: scale)
            put(Float(sums.gradient), at: channel, into: shift)
            guard let dx = input.gradient.map({ own($0, channel) }) else { return }
            // dx = g · a + x · b + c
            var factors = (a: scale.values[channel] * inverse, b: Float(0), c: Float(0))
            if usesBatch {
                factors.b = -factors.a * inverse * inverse * Float(sums.product / count)
                factors.c = -factors.a * Float(sums.gradient / count) - factors.b * mean
            }
            unsafe gk_normalization_input(
                images,
                step,
                plane,
                g.base,
                x.base,
                mask,
                factors.a,
                factors.b,
                factors.c,
                input.adds ? 1 : 0,
                dx.base
            )
        }
    }

    private func put(_ value: Float, at channel: Int, into edge: PlanEdge) {
        guard let gradient = edge.gradient else { return }
        gradient[channel] = edge.adds ? gradient[channel] + value : value
    }

    private func eachChannel(_ run: PlanRun, _ body: (Int) -> Void) {
        run.crew.forEachPart(of: channels) { _, range, _ in
            for channel in range { body(channel) }
        }
    }

    /// Floats from image to image.
    private var step: Int { channels * plane }

    /// The batch from the first value of a channel on.
    private func own(_ batch: FloatSlice, _ channel: Int) -> FloatSlice {
        batch.require(images * step, "batch")
        return batch[channel * plane..<batch.count]
    }

    private func own(_ batch: MutableFloatSlice, _ channel: Int) -> MutableFloatSlice {
        batch.require(images * step, "batch")
        return batch[channel * plane..<batch.count]
    }
}
