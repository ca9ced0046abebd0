/// ONNX's `AveragePool`: the mean of each window.
struct AveragePoolOperator: PoolingOperator {
    static let name = "AveragePool"
    var isChannelsLast = false
    var geometry: WindowGeometry
    private let countsPadding: Bool

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        guard input.elementType == .float32 else {
            throw Refusal("it works on float, not on \(input.elementType.name)")
        }
        geometry = try WindowGeometry(&node, kernel: nil, spatialRank: max(0, input.rank - 2))
        geometry.roundsUp = try node.flag("ceil_mode", default: false)
        countsPadding = try node.flag("count_include_pad", default: false)
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        return [TensorType(input.elementType, try outputShape(for: input))]
    }

    func swappingSpatialAxes() -> (any ChannelsLastOperator)? {
        var swapped = self
        swapped.geometry.axes.reverse()
        return swapped
    }

    func makeStep(_ places: StepPlaces) -> Step {
        if let step = PoolingSteps.step(
            .average(countsPadding: countsPadding),
            geometry,
            places
        ) {
            return step
        }
        let input = places.input(0, Float.self)
        let output = places.output(0, Float.self)
        let windows = PlainPooling(
            geometry: geometry,
            inputShape: input.shape,
            outputShape: output.shape
        )
        let channels = windows.channelCount
        return { [countsPadding] in
            windows.forEachWindow { image, place, first, count in
                let inside = count.0 * count.1 * count.2
                let divisor = countsPadding ? windows.paddedTapCount(at: place) : inside
                for channel in 0..<channels {
                    var sum: Float = 0
                    windows.forEachPlace(image, first, count) { sum += input[$0 + channel] }
                    output[(image * windows.placeCount + place) * channels + channel] =
                        divisor > 0 ? sum / Float(divisor) : 0
                }
            }
        }
    }
}
