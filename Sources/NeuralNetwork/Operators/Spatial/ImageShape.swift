/// The parts of the shape of a batch of images or sequences with channels.
struct ImageShape: Hashable, Sendable {
    var batch: Int
    var channels: Int
    /// The lengths of the spatial axes, outermost first.
    var spatial: [Int]

    /// Takes a shape apart, whichever way round it is.
    init(_ shape: [Int], isChannelsLast: Bool) throws(Refusal) {
        guard shape.count >= 3 else {
            throw Refusal("its input of shape \(shape) has no batch, channel and spatial axes")
        }
        batch = shape[0]
        channels = isChannelsLast ? shape[shape.count - 1] : shape[1]
        spatial = isChannelsLast ? Array(shape[1..<shape.count - 1]) : Array(shape[2...])
    }

    /// The shape put together again.
    func shape(isChannelsLast: Bool) -> [Int] {
        isChannelsLast ? [batch] + spatial + [channels] : [batch, channels] + spatial
    }

    /// The number of places of one image.
    var placeCount: Int { spatial.reduce(1, *) }

    /// The spatial axes with leading axes of length 1, so that there are three.
    var volume: [Int] { [Int](repeating: 1, count: max(0, 3 - spatial.count)) + spatial }
}
