internal import Synchronization

/// The memory that a `SampleProducer` and a `SampleConsumer` share.
///
/// Counters only grow; their low bits are the positions in the two power-of-two buffers. A period
/// is published by storing `publishedPeriods` with release after its samples and mark are
/// written; its space is given back by storing `consumedPeriods` with release after it was read.
@safe final class RingStorage: @unchecked Sendable {
    // `samples` and `marks`: an element belongs to the producer until its period is published,
    // to the consumer until its period is consumed, and to the producer again after that; the
    // acquire load of the other side's counter orders the hand-over. All else is atomic.
    let samples: UnsafeMutableBufferPointer<Float>
    let marks: UnsafeMutableBufferPointer<PeriodMark>
    let publishedPeriods = PaddedAtomic()
    let consumedSamples = PaddedAtomic()
    let consumedPeriods = PaddedAtomic()
    let isFinished = Atomic<Bool>(false)
    let arrival = WakeSignal()

    /// Allocates room for at least this many samples and periods, and touches all of it, so that
    /// the capture thread meets no page fault.
    init(sampleCapacity: Int, periodCapacity: Int) {
        unsafe samples = .allocate(capacity: Self.powerOfTwo(atLeast: sampleCapacity))
        unsafe samples.initialize(repeating: 0)
        unsafe marks = .allocate(capacity: Self.powerOfTwo(atLeast: periodCapacity))
        unsafe marks.initialize(
            repeating: PeriodMark(
                firstSample: 0,
                sampleCount: 0,
                captureTimeNanoseconds: 0,
                monotonicNanoseconds: 0
            )
        )
    }

    deinit {
        unsafe samples.deallocate()
        unsafe marks.deallocate()
    }

    private static func powerOfTwo(atLeast count: Int) -> Int {
        precondition(
            count > 0 && count <= 1 << 40,
            "a ring's capacity must be in 1...2^40, not \(count)"
        )
        return 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount)
    }
}
