import CKernels
import NeuralNetwork

/// A convolution over one or two axes, in groups or channel by channel.
///
/// Each image becomes a matrix of columns and one product a group; the columns are made again for
/// the gradient, which is faster than reading them back from memory.
final class ConvolutionStep: PlanStep {
    let outputs: [PlanTensor]
    private let input: PlanEdge
    private let weights: PlanEdge
    private let bias: PlanEdge?
    /// The windows on the channels of one group, or on all of a depthwise convolution.
    private let window: ImageWindow
    private let batch: Int
    private let groups: Int
    private let isDepthwise: Bool
    private let outputChannels: Int
    private let columns: [FloatMemory]
    private let columnGradients: [FloatMemory]
    /// Room for matrix products, one a thread.
    private let workspaces: [FloatMemory]
    private let weightParts: FloatMemory?
    private let biasParts: FloatMemory?

    init(_ context: StepContext) throws(TrainingError) {
        input = try context.edge(0)
        weights = try context.edge(1)
        bias = context.optionalEdge(2)
        let shape = input.shape
        let kernel = Array(weights.shape.dropFirst(2))
        groups = context.integer("group") ?? 1
        var window = try context.window(over: shape, kernel: kernel)
        let channels = shape[1]
        outputChannels = weights.shape[0]
        guard groups > 0, channels % groups == 0, outputChannels % groups == 0,
            weights.shape[1] == channels / groups,
            bias?.values.count ?? outputChannels
                == outputChannels
        else {
            throw context.refusal(
                "weights \(weights.shape) in \(groups) groups do not fit \(channels) channels"
            )
        }
        isDepthwise = groups == channels && outputChannels == channels
        if !isDepthwise { window.channels = channels / groups }
        self.window = window
        batch = shape[0]
        let needsColumns = !isDepthwise && !window.isPointwise
        let columnCount = window.tapCount * window.outputPlane
        columns = (0..<(needsColumns ? context.threads : 0)).map { _ in
            FloatMemory(count: columnCount)
        }
        columnGradients = (0..<(needsColumns && input.needsGradient ? context.threads : 0)).map {
            _ in FloatMemory(count: columnCount)
        }
        let (rows, taps) = (outputChannels / groups, window.tapCount)
        let plane = window.outputPlane
        let room = max(
            MatrixProduct.workspaceSize(m: rows, n: plane, k: taps),
            MatrixProduct.workspaceSize(m: rows, n: taps, k: plane),
            MatrixProduct.workspaceSize(m: taps, n: plane, k: rows, transposeA: true)
        )
        workspaces = (0..<(isDepthwise ? 0 : context.threads)).map { _ in FloatMemory(count: room) }
        let parts = WorkerCrew.parts(of: batch).count
        weightParts =
            weights.needsGradient ? FloatMemory(count: parts * weights.values.count) : nil
        biasParts =
            bias?.needsGradient == true ? FloatMemory(count: parts * outputChannels) : nil
        outputs = [context.output(window.outputShape(like: shape, channels: outputChannels))]
    }

    private var imageCount: Int { input.values.count / max(batch, 1) }
    private var outputCount: Int { outputs[0].count / max(batch, 1) }
    private var groupWeights: Int { weights.values.count / groups }

    func forward(_ run: PlanRun) {
        run.crew.forEachPart(of: batch) { _, range, worker in
            for item in range {
                let image = input.values.slice(at: item * imageCount, count: imageCount)
                let output = outputs[0].values.slice(at: item * outputCount, count: outputCount)
                convolve(image, into: output, worker: worker)
                if let bias = bias?.values {
                    let plane = window.outputPlane
                    output.require(bias.count * plane, "rows")
                    unsafe gk_add_to_rows(bias.count, plane, bias.base, output.base)
                }
            }
        }
    }

    private func convolve(_ image: FloatSlice, into output: MutableFloatSlice, worker: Int) {
        if isDepthwise {
            let weights = weights.values
            requireDepthwise(image: image, weights: weights, output: output.readOnly)
            var window = window.kernelWindow
            unsafe gk_depthwise(&window, image.base, weights.base, output.base)
            return
        }
        let (rows, plane) = (outputChannels / groups, window.outputPlane)
        for group in 0..<groups {
            MatrixProduct.multiply(
                weights.values.slice(at: group * groupWeights, count: groupWeights),
                taps(of: image, group: group, worker: worker),
                m: rows,
                n: plane,
                k: window.tapCount,
                into: output.slice(at: group * rows * plane, count: rows * plane),
                workspace: workspaces[worker].slice
            )
        }
    }

    /// The columns of a group of an image: the image itself where kernels are single pixels.
    private func taps(of image: FloatSlice, group: Int, worker: Int) -> FloatSlice {
        let part = image.slice(at: group * window.imageCount, count: window.imageCount)
        guard !window.isPointwise else { return part }
        let room = columns[worker].slice
        room.require(window.tapCount * window.outputPlane, "columns")
        var window = window.kernelWindow
        unsafe gk_gather_columns(&window, part.base, room.base)
        return room.readOnly
    }

    func backward(_ run: PlanRun) {
        guard let dy = outputs[0].gradient?.readOnly else { return }
        run.crew.forEachPart(of: batch) { part, range, worker in
            let weightPart = weightParts.map { sums in
                sums.slice(at: part * weights.values.count, count: weights.values.count)
            }
            let biasPart = biasParts.map { sums in
                sums.slice(at: part * outputChannels, count: outputChannels)
            }
            weightPart?.fill(with: 0)
            biasPart?.fill(with: 0)
            for item in range {
                let image = input.values.slice(at: item * imageCount, count: imageCount)
                let gradient = dy.slice(at: item * outputCount, count: outputCount)
                if let biasPart {
                    let plane = window.outputPlane
                    gradient.require(biasPart.count * plane, "rows")
                    unsafe gk_add_row_sums(biasPart.count, plane, gradient.base, biasPart.base)
                }
                if let weightPart {
                    addWeightGradient(gradient, image: image, to: weightPart, worker: worker)
                }
                if let dx = input.gradient {
                    let target = dx.slice(at: item * imageCount, count: imageCount)
                    if !input.adds { target.fill(with: 0) }
                    addImageGradient(gradient, to: target, worker: worker)
                }
            }
        }
        sum(weightParts, into: weights)
        if let bias { sum(biasParts, into: bias) }
    }

    private func addWeightGradient(
        _ gradient: FloatSlice,
        image: FloatSlice,
        to sums: MutableFloatSlice,
        worker: Int
    ) {
        if isDepthwise {
            requireDepthwise(image: image, weights: sums.readOnly, output: gradient)
            var window = window.kernelWindow
            unsafe gk_depthwise_weights(&window, gradient.base, image.base, sums.base)
            return
        }
        let (rows, plane) = (outputChannels / groups, window.outputPlane)
        for group in 0..<groups {
            MatrixProduct.multiply(
                gradient.slice(at: group * rows * plane, count: rows * plane),
                taps(of: image, group: group, worker: worker),
                transposeB: true,
                m: rows,
                n: window.tapCount,
                k: plane,
                outputScale: 1,
                into: sums.slice(at: group * groupWeights, count: groupWeights),
                workspace: workspaces[worker].slice
            )
        }
    }

    private func addImageGradient(
        _ gradient: FloatSlice,
        to image: MutableFloatSlice,
        worker: Int
    ) {
        if isDepthwise {
            let weights = weights.values
            requireDepthwise(image: image.readOnly, weights: weights, output: gradient)
            var window = window.kernelWindow
            unsafe gk_depthwise_image(&window, gradient.base, weights.base, image.base)
            return
        }
        let (rows, plane) = (outputChannels / groups, window.outputPlane)
        for group in 0..<groups {
            let part = image.slice(at: group * window.imageCount, count: window.imageCount)
            let room = window.isPointwise ? part : columnGradients[worker].slice
            MatrixProduct.multiply(
                weights.values.slice(at: group * groupWeights, count: groupWeights),
                transposeA: true,
                gradient.slice(at: group * rows * plane, count: rows * plane),
                m: window.tapCount,
                n: plane,
                k: rows,
                outputScale: window.isPointwise ? 1 : 0,
                into: room,
                workspace: workspaces[worker].slice
            )
            if !window.isPointwise {
                room.require(window.tapCount * plane, "columns")
                var window = window.kernelWindow
                unsafe gk_scatter_columns(&window, room.base, part.base)
            }
        }
    }

    private func sum(_ parts: FloatMemory?, into edge: PlanEdge) {
        guard let parts, let gradient = edge.gradient else { return }
        gradient.sum(
            parts: parts.readOnly,
            count: parts.count / max(gradient.count, 1),
            step: gradient.count,
            adds: edge.adds
        )
    }

    /// Checks the sizes of a depthwise convolution.
    private func requireDepthwise(image: FloatSlice, weights: FloatSlice, output: FloatSlice) {
        image.require(window.imageCount, "image")
        weights.require(window.tapCount, "weights")
        output.require(window.channels * window.outputPlane, "output")
    }
}
