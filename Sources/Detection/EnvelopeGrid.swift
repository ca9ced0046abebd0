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
