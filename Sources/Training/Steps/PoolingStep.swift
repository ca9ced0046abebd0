import CKernels
package import NeuralNetwork

/// The maximum or mean of windows over one or two axes.
final class PoolingStep: PlanStep {
    enum Kind {
        case maximum
        case average
    }

    let outputs: [PlanTensor]
    private let input: PlanEdge
    private let kind: Kind
    private let window: ImageWindow
    private let batch: Int
    private let countsPadding: Bool
    private let places: PlaceBuffer

    init(_ context: StepContext, _ kind: Kind) throws(TrainingError) {
        self.kind = kind
        input = try context.edge(0)
        guard context.node.outputs.count == 1 else { throw context.refusal("it gives indices") }
        guard let kernel = context.integers("kernel_shape") else {
            throw context.refusal("it has no kernel_shape")
        }
        let roundsUp = context.integer("ceil_mode") ?? 0 != 0
        window = try context.window(over: input.shape, kernel: kernel, roundsUp: roundsUp)
        countsPadding = context.integer("count_include_pad") ?? 0 != 0
        if kind == .average, countsPadding, roundsUp {
            throw context.refusal("count_include_pad together with ceil_mode")
        }
        batch = input.shape[0]
        outputs = [context.output(window.outputShape(like: input.shape, channels: window.channels))]
        places = PlaceBuffer(count: kind == .maximum ? outputs[0].count : 0)
    }

    private var outputCount: Int { window.channels * window.outputPlane }

    func forward(_ run: PlanRun) {
        let (output, image) = (outputs[0].values.slice, input.values)
        eachImage(run) { item, windows, pixels in
            switch kind {
            case .maximum:
                PoolingKernels.maximum(
                    window,
                    image: image[pixels],
                    into: output[windows],
                    places: places,
                    firstPlace: item * outputCount
                )
            case .average:
                PoolingKernels.average(
                    window,
                    countsPadding: countsPadding,
                    image: image[pixels],
                    into: output[windows]
                )
            }
        }
    }

    func backward(_ run: PlanRun) {
        guard let dy = outputs[0].gradient?.readOnly, let dx = input.gradient else { return }
        eachImage(run) { item, windows, pixels in
            let image = dx[pixels]
            if !input.adds { image.fill(with: 0) }
            switch kind {
            case .maximum:
                PoolingKernels.maximumGradient(
                    window,
                    gradient: dy[windows],
                    places: places,
                    firstPlace: item * outputCount,
                    addingTo: image
                )
            case .average:
                PoolingKernels.averageGradient(
                    window,
                    countsPadding: countsPadding,
                    gradient: dy[windows],
                    addingTo: image
                )
            }
        }
    }

    private func eachImage(
        _ run: PlanRun,
        _ body: (_ item: Int, _ windows: Range<Int>, _ pixels: Range<Int>) -> Void
    ) {
        run.crew.forEachPart(of: batch) { _, range, _ in
            for item in range {
                body(
                    item,
                    item * outputCount..<(item + 1) * outputCount,
                    item * window.imageCount..<(item + 1) * window.imageCount
                )
            }
        }
    }
}

/// Pooling of one image, with its gradients.
package enum PoolingKernels {
    /// The maximum of each window; `places` from `firstPlace` on remember where it was.
    package static func maximum(
        _ window: ImageWindow,
        image: FloatSlice,
        into output: MutableFloatSlice,
        places: PlaceBuffer,
        firstPlace: Int
    ) {
        require(window, image: image, output: output.readOnly)
        let origins = unsafe places.pointer(at: firstPlace, count: outputCount(window))
        var description = window.description
        unsafe gk_max_pool(&description, image.base, output.base, origins)
    }

    /// Adds each window's gradient to the pixel that was the maximum.
    package static func maximumGradient(
        _ window: ImageWindow,
        gradient: FloatSlice,
        places: PlaceBuffer,
        firstPlace: Int,
        addingTo image: MutableFloatSlice
    ) {
        require(window, image: image.readOnly, output: gradient)
        let origins = unsafe places.pointer(at: firstPlace, count: outputCount(window))
        var description = window.description
        unsafe gk_max_pool_image(&description, gradient.base, origins, image.base)
    }

    /// The mean of each window.
    package static func average(
        _ window: ImageWindow,
        countsPadding: Bool,
        image: FloatSlice,
        into output: MutableFloatSlice
    ) {
        require(window, image: image, output: output.readOnly)
        var description = window.description
        unsafe gk_average_pool(&description, countsPadding ? 1 : 0, image.base, output.base)
    }

    /// Adds each window's gradient to its pixels.
    package static func averageGradient(
        _ window: ImageWindow,
        countsPadding: Bool,
        gradient: FloatSlice,
        addingTo image: MutableFloatSlice
    ) {
        require(window, image: image.readOnly, output: gradient)
        var description = window.description
        unsafe gk_average_pool_image(
            &description,
            countsPadding ? 1 : 0,
            gradient.base,
            image.base
        )
    }

    private static func outputCount(_ window: ImageWindow) -> Int {
        window.channels * window.outputPlane
    }

    private static func require(_ window: ImageWindow, image: FloatSlice, output: FloatSlice) {
        image.require(window.imageCount, "image")
        output.require(outputCount(window), "output")
    }
}

/// The places that maxima came from, with a fixed address; −1 for none.
@safe package final class PlaceBuffer {
    /// The number of places.
    package let count: Int
    private let base: UnsafeMutablePointer<Int32>

    /// Makes a buffer in which no place is known.
    package init(count: Int) {
        precondition(count >= 0, "a buffer of \(count) places")
        self.count = count
        unsafe base = UnsafeMutablePointer<Int32>.allocate(capacity: max(count, 1))
        unsafe base.initialize(repeating: -1, count: max(count, 1))
    }

    deinit {
        unsafe base.deallocate()
    }

    /// Forgets `length` places from `start` on.
    package func forget(at start: Int, count length: Int) {
        unsafe pointer(at: start, count: length).update(repeating: -1, count: length)
    }

    func pointer(at start: Int, count length: Int) -> UnsafeMutablePointer<Int32> {
        precondition(start >= 0 && start + length <= count, "places outside 0..<\(count)")
        return unsafe base + start
    }
}
