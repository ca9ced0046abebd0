/// An operator that takes the greatest or the mean of sliding windows, channel by channel.
protocol PoolingOperator: WindowOperator {}

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
}
