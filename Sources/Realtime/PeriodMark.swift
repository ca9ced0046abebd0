/// What is known about one period of samples; travels through the ring beside them.
package struct PeriodMark: Sendable, Equatable {
    /// The index of the period's first sample on the source's timeline, lost samples counted.
    package var firstSample: Int64
    /// The number of the period's samples that are in the ring.
    package var sampleCount: Int
    /// When the first sample was captured, by CLOCK_REALTIME, in ns since 1970.
    package var captureTimeNanoseconds: Int64
    /// When the first sample was captured, by CLOCK_BOOTTIME, in ns.
    package var monotonicNanoseconds: Int64

    /// Creates the mark of a period.
    package init(
        firstSample: Int64,
        sampleCount: Int,
        captureTimeNanoseconds: Int64,
        monotonicNanoseconds: Int64
    ) {
        self.firstSample = firstSample
        self.sampleCount = sampleCount
        self.captureTimeNanoseconds = captureTimeNanoseconds
        self.monotonicNanoseconds = monotonicNanoseconds
    }
}
