import Detection

/// The last samples of one source, in blocks of at most half a second.
///
/// A stretch of it is handed out without copying: its holder shares the blocks, which do not
/// change any more. Samples that were lost are gaps between blocks. It forgets only what it is told
/// to, so its owner bounds it.
struct SampleHistory: Sendable {
    private var blocks: [SampleBlock] = []
    private let blockLength: Int

    /// Creates an empty history.
    ///
    /// - Parameter sampleRateHz: The rate of the timeline in Hz.
    init(sampleRateHz: Int) {
        blockLength = max(1, sampleRateHz / 2)
    }

    /// The first sample that is held; nil if none is.
    var start: SampleTime? { blocks.first?.start }

    /// One past the last sample; nil if there is none.
    var end: SampleTime? { blocks.last?.end }

    /// How many samples are kept.
    var sampleCount: Int { blocks.reduce(0) { $0 + $1.samples.count } }

    /// Appends samples.
    ///
    /// - Parameters:
    ///   - samples: Mono, ±1.
    ///   - time: The place of the first one; not before the end of what was appended before.
    mutating func append(_ samples: Span<Float>, at time: SampleTime) {
        precondition(end.map { $0 <= time } ?? true, "Samples come in order of time.")
        var taken = 0
        while taken < samples.count {
            let place = time + Int64(taken)
            let last = blocks.count - 1
            if last < 0 || blocks[last].end != place || blocks[last].samples.count >= blockLength {
                beginBlock(at: place)
                continue
            }
            let count = min(blockLength - blocks[last].samples.count, samples.count - taken)
            for index in taken..<taken + count {
                blocks[last].samples.append(samples[index])
            }
            taken += count
        }
    }

    private mutating func beginBlock(at time: SampleTime) {
        var samples: [Float] = []
        samples.reserveCapacity(blockLength)
        blocks.append(SampleBlock(start: time, samples: samples))
    }

    /// Forgets whole blocks that end before a moment.
    mutating func forget(before time: SampleTime) {
        let kept = blocks.firstIndex { $0.end > time } ?? blocks.count
        blocks.removeFirst(kept)
    }

    /// Forgets everything.
    mutating func removeAll() {
        blocks = []
    }

    /// The blocks that have samples in a stretch, in order.
    func blocks(in stretch: Range<SampleTime>) -> [SampleBlock] {
        blocks.filter { $0.start < stretch.upperBound && $0.end > stretch.lowerBound }
    }
}

/// Samples of one source that follow one another without a gap.
struct SampleBlock: Equatable, Sendable {
    /// The first sample's place on the timeline.
    var start: SampleTime
    /// Mono, ±1.
    var samples: [Float]

    /// One past the last sample.
    var end: SampleTime { start + Int64(samples.count) }

    /// The samples of the block that lie in a stretch.
    func samples(in stretch: Range<SampleTime>) -> ArraySlice<Float> {
        let common = stretch.clamped(to: start..<end)
        return samples[Int(common.lowerBound - start)..<Int(common.upperBound - start)]
    }
}
