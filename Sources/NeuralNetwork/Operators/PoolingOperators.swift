/// An operator that takes the greatest or the mean of sliding windows, channel by channel.
protocol PoolingOperator: WindowOperator {}

extension PoolingOperator {
    var isFoldable: Bool { false }

    /// The windows that a node's attributes describe.
    fileprivate static func geometry(
        _ node: inout NodeReader,
        of input: TensorType
    ) throws(Refusal) -> WindowGeometry {
        var geometry = try WindowGeometry(
            &node,
            kernel: nil,
            spatialRank: max(0, input.rank - 2)
        )
        geometry.roundsUp = try node.flag("ceil_mode", default: false)
        return geometry
    }

    /// The shape of the output for an input of the given type.
    fileprivate func outputShape(for input: TensorType) throws(Refusal) -> [Int] {
        var image = try ImageShape(input.shape, isChannelsLast: isChannelsLast)
        guard image.spatial.count == geometry.axes.count, image.spatial.count <= 3 else {
            throw Refusal(
                "its windows have \(geometry.axes.count) axes and its input \(image.spatial.count)"
            )
        }
        image.spatial = try geometry.outputLengths(for: image.spatial)
        return image.shape(isChannelsLast: isChannelsLast)
    }

    fileprivate func swapped() -> Self {
        var swapped = self
        swapped.geometry.axes.reverse()
        return swapped
    }

    func work(inputs: [TensorType?], outputs: [TensorType]) -> Int {
        let shape = inputs.optional(0)?.shape ?? []
        let lengths = isChannelsLast ? shape.dropFirst().dropLast() : shape.dropFirst(2)
        let taps = zip(geometry.axes, lengths).reduce(1) { $0 * min($1.0.kernel, $1.1) }
        return outputs[0].elementCount.saturatingProduct(taps)
    }

    /// The windows by plain loops.
    fileprivate func plainWindows(_ places: StepPlaces) -> PlainWindows {
        PlainWindows(
            geometry: geometry,
            inputShape: places.inputType(0).shape,
            outputShape: places.outputType(0).shape
        )
    }

    /// The step by a kernel, for floats with one or two spatial axes; nil for anything else.
    fileprivate func kernelStep(_ kind: Pooling.Kind, _ places: StepPlaces) -> Step? {
        let type = places.inputType(0)
        guard type.elementType == .float32, (3...4).contains(type.rank) else { return nil }
        let lengths = Array(type.shape[1..<type.rank - 1])
        let pooling = Pooling(
            kind,
            geometry: ConvolutionGeometry(geometry.resolved(for: lengths)),
            roundsUp: geometry.roundsUp && geometry.padding == .explicit
        )
        let height = lengths.count == 2 ? lengths[0] : 1
        let width = lengths[lengths.count - 1]
        let channels = type.shape[type.rank - 1]
        let batch = type.shape[0]
        let (input, output) = (places.floats(0), places.result(0))
        return {
            pooling.run(
                input,
                inputHeight: height,
                inputWidth: width,
                channels: channels,
                batch: batch,
                into: output
            )
        }
    }
}

/// ONNX's `AveragePool`: the mean of each window.
struct AveragePoolOperator: PoolingOperator {
    static let definition = OperatorDefinition("AveragePool", read: AveragePoolOperator.init)
    var isChannelsLast = false
    var geometry: WindowGeometry
    private let countsPadding: Bool

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        guard input.elementType == .float32 else {
            throw Refusal("it supports float, not \(input.elementType.name)")
        }
        geometry = try Self.geometry(&node, of: input)
        countsPadding = try node.flag("count_include_pad", default: false)
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        return [TensorType(input.elementType, try outputShape(for: input))]
    }

    func swappingSpatialAxes() -> (any ChannelsLastOperator)? { swapped() }

    func makeStep(_ places: StepPlaces) -> Step {
        if let step = kernelStep(.average(countsPadding: countsPadding), places) { return step }
        let (input, output) = (places.input(0, Float.self), places.output(0, Float.self))
        let windows = plainWindows(places)
        return { [countsPadding] in
            windows.forEach { window in
                let divisor = countsPadding ? windows.paddedTapCount(window) : window.tapCount
                for channel in 0..<windows.channels {
                    var sum: Float = 0
                    windows.forEachTap(window) { sum += input[$1 + channel] }
                    output[window.index * windows.channels + channel] =
                        divisor > 0 ? sum / Float(divisor) : 0
                }
            }
        }
    }
}

/// ONNX's `MaxPool`: the greatest number of each window, and where it is if asked for.
struct MaxPoolOperator: PoolingOperator, NumericOperator {
    static let definition = OperatorDefinition(
        "MaxPool",
        outputs: 1...2,
        read: MaxPoolOperator.init
    )
    var isChannelsLast = false
    var geometry: WindowGeometry
    private let wantsIndices: Bool
    /// Whether indices count the places of an image column by column.
    private let isColumnMajor: Bool

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        try input.requireNumbers()
        geometry = try Self.geometry(&node, of: input)
        isColumnMajor = try node.flag("storage_order", default: false)
        wantsIndices = node.hasOutput(1)
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        let shape = try outputShape(for: input)
        return [TensorType(input.elementType, shape), TensorType(.int64, shape)]
    }

    func swappingSpatialAxes() -> (any ChannelsLastOperator)? { wantsIndices ? nil : swapped() }

    func makeStep(_ places: StepPlaces) -> Step {
        if !places.hasOutput(1), let step = kernelStep(.maximum, places) { return step }
        return makeStep(computingWith: places.elementType, places)
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let (input, output) = (places.input(0, type), places.output(0, type))
        let indices = places.hasOutput(1) ? places.output(1, Int64.self) : nil
        let windows = plainWindows(places)
        let channels = windows.channels
        return {
            windows.forEach { window in
                for channel in 0..<channels {
                    var greatest = Number.least
                    var best = -1
                    windows.forEachTap(window) { _, element in
                        let value = input[element + channel]
                        if best < 0 || value > greatest || value.isNotANumber {
                            greatest = value
                            best = element / channels
                        }
                    }
                    output[window.index * channels + channel] = greatest
                    indices?[window.index * channels + channel] = index(
                        best,
                        window,
                        channel,
                        windows
                    )
                }
            }
        }
    }

    /// The index of a place among those of all images, counted in the channels-first tensor; that
    /// of the image's first place for a window without any.
    private func index(
        _ place: Int,
        _ window: PlainWindows.Window,
        _ channel: Int,
        _ windows: PlainWindows
    ) -> Int64 {
        let lengths = windows.inputVolume
        let imageSize = lengths.reduce(1, *)
        let inside = max(0, place - window.image * imageSize)
        var index = inside
        if isColumnMajor {
            let w = inside % lengths[2]
            let h = inside / lengths[2] % lengths[1]
            let d = inside / (lengths[2] * lengths[1])
            index = d + lengths[0] * (h + lengths[1] * w)
        }
        return Int64((window.image * windows.channels + channel) * imageSize + index)
    }
}
