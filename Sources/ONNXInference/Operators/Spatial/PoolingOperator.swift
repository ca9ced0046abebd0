internal import ONNXFormat

/// An operator that takes the greatest or the mean of sliding windows, channel by channel.
protocol PoolingOperator: ChannelsLastOperator, TimeLocal {
    var geometry: WindowGeometry { get set }
}

extension PoolingOperator {
    var isFoldable: Bool { false }

    /// The shape of the output for an input of the given type.
    func outputShape(for input: TensorType) throws(Refusal) -> [Int] {
        var image = try ImageShape(input.shape, isChannelsLast: isChannelsLast)
        guard image.spatial.count == geometry.axes.count, image.spatial.count <= 3 else {
            throw Refusal(
                "its windows have \(geometry.axes.count) axes and its input \(image.spatial.count)"
            )
        }
        image.spatial = try geometry.outputLengths(for: image.spatial)
        return image.shape(isChannelsLast: isChannelsLast)
    }

    func work(inputs: [TensorType?], outputs: [TensorType]) -> Int {
        let shape = inputs.optional(0)?.shape ?? []
        let lengths = isChannelsLast ? shape.dropFirst().dropLast() : shape.dropFirst(2)
        let taps = zip(geometry.axes, lengths).reduce(1) { $0 * min($1.0.kernel, $1.1) }
        return outputs[0].elementCount.saturatingProduct(taps)
    }

    func timeDependence(axes: [Int?], types: [TensorType?]) -> TimeDependence? {
        guard isChannelsLast, let time = axes[0], let shape = types[0]?.shape, time >= 1,
            time < shape.count - 1, !axes.dropFirst().contains(where: { $0 != nil }),
            let window = geometry.timeWindow(
                axis: time - 1,
                inputLengths: Array(shape[1..<shape.count - 1])
            )
        else { return nil }
        return TimeDependence(outputAxis: time, window: window)
    }

    func padded(timeAxis: Int, types: [TensorType?], before: Int, after: Int) -> any Operator {
        guard let shape = types[0]?.shape else { return self }
        var copy = self
        copy.geometry = geometry.padded(
            axis: timeAxis - 1,
            inputLengths: Array(shape[1..<shape.count - 1]),
            before: before,
            after: after
        )
        return copy
    }
}
