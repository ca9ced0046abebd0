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

    /// The step that carries the copy out.
    func step<Element: TensorElement>(
        from input: TypedView<Element>,
        to output: TypedView<Element>
    ) -> Step {
        if let input = input as? TypedView<Float>, let output = output as? TypedView<Float> {
            return floatStep(from: input.floats, to: output.mutableFloats)
        }
        return { copy(from: input, to: output) }
    }

    private func copy<Element: TensorElement>(
        from input: TypedView<Element>,
        to output: TypedView<Element>
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

    /// Runs of neighbours are copied at once, and swapped pairs of axes by a kernel.
    private func floatStep(from input: FloatSlice, to output: MutableFloatSlice) -> Step {
        let inner = loops.lengths.count - 1
        let length = loops.lengths[inner]
        let inputStride = loops.strides[0][inner]
        let outputStride = loops.strides[1][inner]
        if inputStride == 1, outputStride == 1 {
            return { [loops, rounds, inputOffset, outputOffset] in
                for round in 0..<rounds {
                    let source = inputOffset + loops.offset(of: 0, round: round, innerCount: 1)
                    let target = outputOffset + loops.offset(of: 1, round: round, innerCount: 1)
                    output[target..<target + length].update(from: input[source..<source + length])
                }
            }
        }
        if inner >= 1, outputStride == 1, loops.strides[0][inner - 1] == 1,
            inputStride == loops.lengths[inner - 1], loops.strides[1][inner - 1] == length
        {
            return transposeStep(from: input, to: output)
        }
        return { [loops, rounds, inputOffset, outputOffset] in
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

    /// The innermost two axes change places.
    private func transposeStep(from input: FloatSlice, to output: MutableFloatSlice) -> Step {
        let inner = loops.lengths.count - 1
        let columns = loops.lengths[inner - 1]
        let rows = loops.lengths[inner]
        let size = rows * columns
        let blocks = rounds / max(columns, 1)
        return { [loops, inputOffset, outputOffset] in
            for block in 0..<blocks {
                let source = inputOffset + loops.offset(of: 0, round: block, innerCount: 2)
                let target = outputOffset + loops.offset(of: 1, round: block, innerCount: 2)
                Transposition.transpose(
                    input[source..<source + size],
                    rows: rows,
                    columns: columns,
                    into: output[target..<target + size]
                )
            }
        }
    }
}
