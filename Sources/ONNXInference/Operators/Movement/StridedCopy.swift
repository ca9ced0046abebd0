/// A copy between two tensors whose axes may lie in any order and distance.
struct StridedCopy: Sendable {
    private let loops: LoopNest
    private let inputOffset: Int
    private let outputOffset: Int
    private let rounds: Int

    /// Plans a copy.
    ///
    /// - Parameters:
    ///   - lengths: The axes that are copied, outermost first.
    ///   - inputStrides: How far apart neighbours of each axis are in the input, in elements.
    ///   - inputOffset: The first element that is read.
    ///   - outputStrides: How far apart neighbours of each axis are in the output, in elements.
    ///   - outputOffset: The first element that is written.
    init(
        lengths: [Int],
        inputStrides: [Int],
        inputOffset: Int = 0,
        outputStrides: [Int]? = nil,
        outputOffset: Int = 0
    ) {
        loops = LoopNest(
            lengths: lengths,
            strides: [inputStrides, outputStrides ?? LoopNest.rowMajorStrides(lengths)]
        )
        self.inputOffset = inputOffset
        self.outputOffset = outputOffset
        rounds = lengths.contains(0) ? 0 : loops.outerRounds(innerCount: 1)
    }

    /// Carries the copy out.
    func copy<Element: TensorElement>(
        from input: Span<Element>,
        to output: inout MutableSpan<Element>
    ) {
        let inner = loops.lengths.count - 1
        let length = loops.lengths[inner]
        let inputStride = loops.strides[0][inner]
        let outputStride = loops.strides[1][inner]
        for round in 0..<rounds {
            var source = inputOffset + loops.offset(of: 0, round: round, innerCount: 1)
            var target = outputOffset + loops.offset(of: 1, round: round, innerCount: 1)
            for _ in 0..<length {
                output[target] = input[source]
                source += inputStride
                target += outputStride
            }
        }
    }
}
