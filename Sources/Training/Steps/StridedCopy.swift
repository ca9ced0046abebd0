import NeuralNetwork

/// A copy between a whole tensor and some elements of another one, with its gradient.
struct StridedCopy {
    /// The first operand is the source.
    let loop: StridedLoop
    let sourceStart: Int
    let targetStart: Int

    func forward(from source: FloatSlice, to target: MutableFloatSlice) {
        StridedKernels.copy(
            loop,
            adds: false,
            from: source[sourceStart..<source.count],
            to: target[targetStart..<target.count]
        )
    }

    /// Adds the target's gradient to the source's.
    func backward(from target: FloatSlice, to source: MutableFloatSlice) {
        StridedKernels.copy(
            StridedLoop(shape: loop.shape, first: loop.second, second: loop.first),
            adds: true,
            from: target[targetStart..<target.count],
            to: source[sourceStart..<source.count]
        )
    }
}
