/// The last seconds of a source's energy envelope, by block of its grid.
struct EnvelopeHistory: Equatable, Sendable {
    let grid: EnvelopeGrid

    private var firstBlock: Int64 = 0
    private var meanSquares: [Float] = []

    init(sampleRateHz: Int) {
        grid = EnvelopeGrid(sampleRateHz: sampleRateHz)
    }

    /// The blocks that are remembered.
    var blocks: Range<Int64> {
        firstBlock..<firstBlock + Int64(meanSquares.count)
    }

    /// The mean square of a remembered block.
    subscript(block: Int64) -> Float {
        meanSquares[Int(block - firstBlock)]
    }

    /// The remembered ones of the blocks that end in `stretch`.
    func blocks(endingIn stretch: Range<SampleTime>) -> Range<Int64> {
        grid.blocks(endingIn: stretch).clamped(to: blocks)
    }

    /// Appends the blocks that follow, the first of which is `block`.
    mutating func append(_ envelope: [Float], from block: Int64) {
        if meanSquares.isEmpty || block != blocks.upperBound {
            meanSquares.removeAll(keepingCapacity: true)
            firstBlock = block
        }
        meanSquares.append(contentsOf: envelope)
    }

    /// Forgets the blocks before `block`.
    mutating func forget(before block: Int64) {
        let count = min(max(block - firstBlock, 0), Int64(meanSquares.count))
        meanSquares.removeFirst(Int(count))
        firstBlock += count
    }

    /// The energy of the remembered ones of the given blocks.
    func energy(of range: Range<Int64>) -> EnergySum {
        var sum = EnergySum()
        for block in range.clamped(to: blocks) {
            sum.add(meanSquare: self[block])
        }
        return sum
    }

    /// The mean over the remembered ones of the given blocks, linear; nil when there are none.
    func mean(of range: Range<Int64>) -> Float? {
        let known = range.clamped(to: blocks)
        guard !known.isEmpty else {
            return nil
        }
        var sum: Float = 0
        for block in known {
            sum += self[block]
        }
        return sum / Float(known.count)
    }
}
