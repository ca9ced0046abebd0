import CKernels
package import NeuralNetwork

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

/// Batch normalisation of one channel of a batch [images, channels, plane].
package struct NormalizationKernels: Sendable {
    /// Images in the batch.
    package let images: Int
    /// Channels of an image.
    package let channels: Int
    /// Floats of a channel of an image.
    package let plane: Int

    /// Creates the kernels for batches of a shape.
    package init(images: Int, channels: Int, plane: Int) {
        self.images = images
        self.channels = channels
        self.plane = plane
    }

    /// The mean and the variance (of the population) of a channel.
    package func moments(ofChannel channel: Int, in x: FloatSlice) -> (mean: Float, variance: Float)
    {
        let start = unsafe start(of: channel, in: x)
        let count = Double(images * plane)
        let mean = unsafe Float(gk_plane_sum(images, step, plane, start) / count)
        let squares = unsafe gk_plane_squares(images, step, plane, start, mean)
        return (mean, Float(squares / count))
    }

    /// y = x · scale + shift, no less than 0 if `rectifies`.
    package func scale(
        channel: Int,
        of x: FloatSlice,
        by scale: Float,
        shift: Float,
        rectifies: Bool,
        into y: MutableFloatSlice
    ) {
        let source = unsafe start(of: channel, in: x)
        let target = unsafe start(of: channel, in: y)
        unsafe gk_scale_planes(
            images,
            step,
            plane,
            source,
            scale,
            shift,
            rectifies ? 1 : 0,
            target
        )
    }

    /// Σ g and Σ g · (x − mean); g is the gradient where `rectified`, if given, is above 0.
    package func sums(
        channel: Int,
        gradient: FloatSlice,
        x: FloatSlice,
        rectified: FloatSlice?,
        mean: Float
    ) -> (gradient: Double, product: Double) {
        let g = unsafe start(of: channel, in: gradient)
        let source = unsafe start(of: channel, in: x)
        let mask = unsafe rectified.map { unsafe start(of: channel, in: $0) }
        var sums = (0.0, 0.0)
        unsafe withUnsafeMutablePointer(to: &sums) { pair in
            unsafe pair.withMemoryRebound(to: Double.self, capacity: 2) {
                unsafe gk_normalization_sums(images, step, plane, g, source, mask, mean, $0)
            }
        }
        return sums
    }

    /// dx = g · a + x · b + c, added to what is there if `adds`; g as in ``sums``.
    package func inputGradient(
        channel: Int,
        gradient: FloatSlice,
        x: FloatSlice,
        rectified: FloatSlice?,
        factors: (a: Float, b: Float, c: Float),
        adds: Bool,
        into dx: MutableFloatSlice
    ) {
        let g = unsafe start(of: channel, in: gradient)
        let source = unsafe start(of: channel, in: x)
        let mask = unsafe rectified.map { unsafe start(of: channel, in: $0) }
        let target = unsafe start(of: channel, in: dx)
        unsafe gk_normalization_input(
            images,
            step,
            plane,
            g,
            source,
            mask,
            factors.a,
            factors.b,
            factors.c,
            adds ? 1 : 0,
            target
        )
    }

    private var step: Int { channels * plane }

    private func start(of channel: Int, in batch: FloatSlice) -> UnsafePointer<Float> {
        precondition(channel >= 0 && channel < channels, "channel \(channel) of \(channels)")
        batch.require(images * step, "batch")
        return unsafe batch.base + channel * plane
    }

    private func start(
        of channel: Int,
        in batch: MutableFloatSlice
    ) -> UnsafeMutablePointer<Float> {
        unsafe UnsafeMutablePointer(mutating: start(of: channel, in: batch.readOnly))
    }
}
