import Detection

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
