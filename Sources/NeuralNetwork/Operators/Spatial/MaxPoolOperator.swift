/// ONNX's `MaxPool`: the greatest number of each window, and where it is if asked for.
struct MaxPoolOperator: PoolingOperator, NumericOperator {
    static let name = "MaxPool"
    static let outputCounts = 1...2
    var isChannelsLast = false
    var geometry: WindowGeometry
    private let wantsIndices: Bool
    private let isColumnMajor: Bool

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        guard input.elementType.isNumber else {
            throw Refusal("it works on numbers, not on \(input.elementType.name)")
        }
        geometry = try WindowGeometry(&node, kernel: nil, spatialRank: max(0, input.rank - 2))
        geometry.roundsUp = try node.flag("ceil_mode", default: false)
        isColumnMajor = try node.flag("storage_order", default: false)
        wantsIndices = node.hasOutput(1)
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        let shape = try outputShape(for: input)
        return [TensorType(input.elementType, shape), TensorType(.int64, shape)]
    }

    func swappingSpatialAxes() -> (any ChannelsLastOperator)? {
        guard !wantsIndices else { return nil }
        var swapped = self
        swapped.geometry.axes.reverse()
        return swapped
    }

    func makeStep(_ places: StepPlaces) -> Step {
        let input = places.inputType(0)
        if !places.hasOutput(1), let step = PoolingSteps.step(.maximum, geometry, places) {
            return step
        }
        return makeStep(computingWith: input.elementType, places)
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let input = places.input(0, type)
        let output = places.output(0, type)
        let windows = PlainPooling(
            geometry: geometry,
            inputShape: input.shape,
            outputShape: output.shape
        )
        let indices = places.hasOutput(1) ? places.output(1, Int64.self) : nil
        return {
            Self.takeGreatest(windows, input, output)
            if let indices { findGreatest(windows, input, indices) }
        }
    }

    private static func takeGreatest<Number: TensorNumber>(
        _ windows: PlainPooling,
        _ x: TypedView<Number>,
        _ y: TypedView<Number>
    ) {
        let channels = windows.channelCount
        windows.forEachWindow { image, place, first, count in
            let start = (image * windows.placeCount + place) * channels
            for channel in 0..<channels {
                var greatest = Number.least
                windows.forEachPlace(image, first, count) { source in
                    let value = x[source + channel]
                    if value > greatest || value.isNotANumber { greatest = value }
                }
                y[start + channel] = greatest
            }
        }
    }

    /// Writes the place of each window's greatest number, counted in the channels-first tensor.
    private func findGreatest<Number: TensorNumber>(
        _ windows: PlainPooling,
        _ x: TypedView<Number>,
        _ indices: TypedView<Int64>
    ) {
        let channels = windows.channelCount
        let inputPlaces = windows.inputPlaceCount
        let lengths = windows.inputLengths
        windows.forEachWindow { image, place, first, count in
            let start = (image * windows.placeCount + place) * channels
            for channel in 0..<channels {
                var greatest = Number.least
                var best = -1
                windows.forEachPlace(image, first, count) { source in
                    let value = x[source + channel]
                    if best < 0 || value > greatest {
                        greatest = value
                        best = source / channels - image * inputPlaces
                    }
                }
                if isColumnMajor {
                    let w = best % lengths[2]
                    let h = best / lengths[2] % lengths[1]
                    let d = best / (lengths[2] * lengths[1])
                    best = d + lengths[0] * (h + lengths[1] * w)
                }
                indices[start + channel] = Int64(
                    (image * channels + channel) * inputPlaces + max(0, best)
                )
            }
        }
    }
}
