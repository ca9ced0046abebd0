import Detection

/// The levels of a source's 10 ms blocks, held until every model has had them.
struct LevelBlocks {
    private var follower: EnvelopeFollower
    private var meanSquares: [Float] = []
    /// How many of the blocks held each model has had.
    private var readBlocks: [Int]

    /// Begins at a place on the timeline.
    ///
    /// - Parameters:
    ///   - sampleRateHz: The timeline's rate in Hz.
    ///   - readerCount: How many models need the levels.
    ///   - start: The first sample's place.
    init(sampleRateHz: Int, readerCount: Int, startingAt start: SampleTime) {
        follower = EnvelopeFollower(sampleRateHz: sampleRateHz)
        follower.skip(to: start)
        readBlocks = Array(repeating: 0, count: readerCount)
    }

    /// Appends the levels of the next samples.
    mutating func process(_ samples: Span<Float>) {
        follower.process(samples, appendingTo: &meanSquares)
    }

    /// Hands out the mean squares of the blocks that end in `time`, once to each model.
    ///
    /// - Parameters:
    ///   - time: Follows the time of the call before.
    ///   - model: Who asks.
    /// - Returns: Mean squares, linear, 1 being full scale.
    mutating func removeBlocks(
        endingIn time: Range<SampleTime>,
        for model: ModelSlot
    ) -> [Float] {
        let reader = model.rawValue
        let first = readBlocks[reader]
        let count = min(meanSquares.count - first, follower.grid.blocks(endingIn: time).count)
        let blocks = Array(meanSquares[first..<first + count])
        readBlocks[reader] += count
        let done = readBlocks.min() ?? 0
        if done > 0 {
            meanSquares.removeFirst(done)
            for index in readBlocks.indices { readBlocks[index] -= done }
        }
        return blocks
    }

    /// Goes on behind a gap; what is held is forgotten.
    mutating func skip(to time: SampleTime) {
        removeAll()
        follower.skip(to: time)
    }

    /// Forgets the blocks that are held.
    mutating func removeAll() {
        meanSquares.removeAll(keepingCapacity: true)
        for index in readBlocks.indices { readBlocks[index] = 0 }
    }
}
