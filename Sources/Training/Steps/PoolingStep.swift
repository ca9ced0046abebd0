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
