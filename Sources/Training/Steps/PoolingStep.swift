import CKernels
import NeuralNetwork

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
    /// 1 if padding counts as zeros in a mean, else 0, as the kernels take it.
    private let countsPadding: Int32
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
        countsPadding = context.integer("count_include_pad") ?? 0 != 0 ? 1 : 0
        if kind == .average, countsPadding == 1, roundsUp {
            throw context.refusal("count_include_pad together with ceil_mode")
        }
        batch = input.shape[0]
        outputs = [context.output(window.outputShape(like: input.shape, channels: window.channels))]
        places = PlaceBuffer(count: kind == .maximum ? outputs[0].count : 0)
    }

    func forward(_ run: PlanRun) {
        eachImage(run) { windows, pixels in
            let (output, image) = (outputs[0].values.slice[windows], input.values[pixels])
            var window = window.kernelWindow
            switch kind {
            case .maximum:
                let origins = unsafe places.pointer(to: windows)
                unsafe gk_max_pool(&window, image.base, output.base, origins)
            case .average:
                unsafe gk_average_pool(&window, countsPadding, image.base, output.base)
            }
        }
    }

    func backward(_ run: PlanRun) {
        guard let dy = outputs[0].gradient?.readOnly, let dx = input.gradient else { return }
        eachImage(run) { windows, pixels in
            let (gradient, image) = (dy[windows], dx[pixels])
            if !input.adds { image.fill(with: 0) }
            var window = window.kernelWindow
            switch kind {
            case .maximum:
                let origins = unsafe places.pointer(to: windows)
                unsafe gk_max_pool_image(&window, gradient.base, origins, image.base)
            case .average:
                unsafe gk_average_pool_image(&window, countsPadding, gradient.base, image.base)
            }
        }
    }

    private func eachImage(
        _ run: PlanRun,
        _ body: (_ windows: Range<Int>, _ pixels: Range<Int>) -> Void
    ) {
        let outputCount = window.channels * window.outputPlane
        run.crew.forEachPart(of: batch) { _, range, _ in
            for item in range {
                body(
                    item * outputCount..<(item + 1) * outputCount,
                    item * window.imageCount..<(item + 1) * window.imageCount
                )
            }
        }
    }
}

/// The places that maxima came from, with a fixed address; −1 for none.
@safe final class PlaceBuffer {
    private let count: Int
    private let base: UnsafeMutablePointer<Int32>

    /// Makes a buffer in which no place is known.
    init(count: Int) {
        precondition(count >= 0, "a buffer of \(count) places")
        self.count = count
        unsafe base = UnsafeMutablePointer<Int32>.allocate(capacity: max(count, 1))
        unsafe base.initialize(repeating: -1, count: max(count, 1))
    }

    deinit {
        unsafe base.deallocate()
    }

    /// Forgets some of the places.
    func forget(_ range: Range<Int>) {
        unsafe pointer(to: range).update(repeating: -1, count: range.count)
    }

    func pointer(to range: Range<Int>) -> UnsafeMutablePointer<Int32> {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= count,
            "places outside 0..<\(count)"
        )
        return unsafe base + range.lowerBound
    }
}
