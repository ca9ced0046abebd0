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

    /// The blocks that end in `stretch`, as far as they are remembered.
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

    /// The energy of blocks, as far as they are remembered.
    func energy(of range: Range<Int64>) -> EnergySum {
        var sum = EnergySum()
        for block in range.clamped(to: blocks) {
            sum.add(meanSquare: self[block])
        }
        return sum
    }

    /// The mean of blocks, linear, as far as they are remembered; nil where none is.
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

/// Where the 10 ms blocks of an energy envelope begin and end on a source's timeline.
///
/// Block `k` begins at `k` hundredths of a second, rounded down to a whole sample, whatever the
/// rate. The grid hangs on the timeline's sample 0 and on nothing else, so that two envelopes of
/// the same sound agree however it was cut into periods and hops.
package struct EnvelopeGrid: Equatable, Sendable {
    /// How many blocks a second has.
    package static let blocksPerSecond: Int64 = 100

    /// The timeline's rate in Hz.
    package let sampleRateHz: Int

    /// Creates the grid of a timeline.
    ///
    /// - Parameter sampleRateHz: The timeline's rate in Hz, at least 1000.
    package init(sampleRateHz: Int) {
        precondition(sampleRateHz >= 1000, "An envelope needs a rate of at least 1000 Hz.")
        self.sampleRateHz = sampleRateHz
    }

    /// The first sample of a block.
    package func start(ofBlock block: Int64) -> SampleTime {
        SampleTime(block * Int64(sampleRateHz) / Self.blocksPerSecond)
    }

    /// The block that a sample lies in.
    package func block(containing time: SampleTime) -> Int64 {
        ((time.index + 1) * Self.blocksPerSecond - 1) / Int64(sampleRateHz)
    }

    /// The blocks that belong to a stretch of samples: those whose last sample lies in it.
    ///
    /// Stretches that join have blocks that join.
    package func blocks(endingIn stretch: Range<SampleTime>) -> Range<Int64> {
        block(containing: stretch.lowerBound)..<block(containing: stretch.upperBound)
    }
}

/// Turns samples into the mean squares of 10 ms blocks.
///
/// The blocks lie on an ``EnvelopeGrid``. Any way of cutting the same samples into calls gives
/// the same blocks, bit for bit.
package struct EnvelopeFollower: Sendable {
    /// Where the blocks lie.
    package let grid: EnvelopeGrid

    /// The next sample that is expected.
    package private(set) var time = SampleTime.zero

    private var sum = SquareSum()
    private var blockEnd: SampleTime
    private var block: Int64 = 0

    /// Creates a follower at the beginning of a timeline.
    ///
    /// - Parameter sampleRateHz: The timeline's rate in Hz, at least 1000.
    package init(sampleRateHz: Int) {
        grid = EnvelopeGrid(sampleRateHz: sampleRateHz)
        blockEnd = grid.start(ofBlock: 1)
    }

    /// Takes the next samples and appends the blocks that they complete.
    ///
    /// - Parameters:
    ///   - samples: Mono, 1 being full scale.
    ///   - envelope: Receives a mean square for each completed block, linear.
    package mutating func process(_ samples: Span<Float>, appendingTo envelope: inout [Float]) {
        var index = 0
        while index < samples.count {
            let take = min(samples.count - index, Int(blockEnd - time))
            sum.add(samples, in: index..<index + take)
            index += take
            time = time + Int64(take)
            if time == blockEnd {
                envelope.append(Float(sum.mean))
                beginBlock(block + 1)
            }
        }
    }

    /// Goes on at a later time: the samples in between were lost.
    ///
    /// The block that was cut off is dropped; the block that the new time lies in is the mean of
    /// the samples that come.
    ///
    /// - Parameter resumption: The next sample that will be given, not before ``time``.
    package mutating func skip(to resumption: SampleTime) {
        precondition(resumption >= time, "An envelope cannot go back in time.")
        guard resumption > time else {
            return
        }
        time = resumption
        beginBlock(grid.block(containing: resumption))
    }

    private mutating func beginBlock(_ next: Int64) {
        block = next
        blockEnd = grid.start(ofBlock: next + 1)
        sum = SquareSum()
    }
}
