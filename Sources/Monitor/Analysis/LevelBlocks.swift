import Detection

/// The levels of a source's 10 ms blocks, held until every model has taken them.
struct LevelBlocks {
    private var follower: EnvelopeFollower
    private var meanSquares: [Float] = []
    /// How many of the blocks held each model has taken.
    private var taken: [Int]

    /// Begins at a place on the timeline.
    ///
    /// - Parameters:
    ///   - sampleRateHz: The timeline's rate in Hz.
    ///   - readerCount: How many models take the levels.
    ///   - start: The first sample's place.
    init(sampleRateHz: Int, readerCount: Int, startingAt start: SampleTime) {
        follower = EnvelopeFollower(sampleRateHz: sampleRateHz)
        follower.skip(to: start)
        taken = Array(repeating: 0, count: readerCount)
    }

    /// Takes the levels of the next samples.
    mutating func process(_ samples: Span<Float>) {
        follower.process(samples, appendingTo: &meanSquares)
    }

    /// The mean squares of the blocks that end in `time`, which follow those taken before.
    mutating func take(_ time: Range<SampleTime>, for reader: Int) -> [Float] {
        let first = taken[reader]
        let count = min(meanSquares.count - first, follower.grid.blocks(endingIn: time).count)
        let blocks = Array(meanSquares[first..<first + count])
        taken[reader] += count
        let done = taken.min() ?? 0
        if done > 0 {
            meanSquares.removeFirst(done)
            for index in taken.indices { taken[index] -= done }
        }
        return blocks
    }

    /// Goes on behind a gap; what is held is forgotten.
    mutating func skip(to time: SampleTime) {
        forget()
        follower.skip(to: time)
    }

    /// Forgets what nobody took.
    mutating func forget() {
        meanSquares.removeAll(keepingCapacity: true)
        for index in taken.indices { taken[index] = 0 }
    }
}
