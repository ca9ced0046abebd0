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
