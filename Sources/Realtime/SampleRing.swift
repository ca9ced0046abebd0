internal import Synchronization

/// A lock-free ring of samples between one writing and one reading thread.
///
/// Beside the samples travel `PeriodMark`s, one a period. Both ends are `~Copyable`, so that the
/// compiler holds each to one owner: take each once and move it to its thread.
package struct SampleRing: ~Copyable {
    private let storage: RingStorage
    private var producerTaken = false
    private var consumerTaken = false

    /// Creates an empty ring.
    ///
    /// - Parameters:
    ///   - sampleCapacity: Samples that fit, above 0; rounded up to a power of two.
    ///   - periodCapacity: Periods that fit, above 0; rounded up to a power of two.
    /// - Returns: The ring; take its two ends.
    package static func make(sampleCapacity: Int, periodCapacity: Int) -> SampleRing {
        SampleRing(
            storage: RingStorage(
                sampleCapacity: sampleCapacity,
                periodCapacity: periodCapacity
            )
        )
    }

    private init(storage: RingStorage) {
        self.storage = storage
    }

    /// The writing end; to be taken once.
    package mutating func takeProducer() -> SampleProducer {
        precondition(!producerTaken, "a ring has one producer")
        producerTaken = true
        return SampleProducer(storage: storage)
    }

    /// The reading end; to be taken once.
    package mutating func takeConsumer() -> SampleConsumer {
        precondition(!consumerTaken, "a ring has one consumer")
        consumerTaken = true
        return SampleConsumer(storage: storage)
    }
}

/// The writing end of a `SampleRing`.
///
/// Nothing here blocks, locks or allocates. When the producer ends its life the ring is finished:
/// the consumer gets what is left and then knows that no more will come.
package struct SampleProducer: ~Copyable, Sendable {
    private let storage: RingStorage
    private var writtenSamples = 0
    private var writtenPeriods = 0

    init(storage: RingStorage) {
        self.storage = storage
    }

    deinit {
        storage.isFinished.store(true, ordering: .releasing)
        storage.arrival.ring()
    }

    /// The number of samples that the ring can hold.
    package var sampleCapacity: Int {
        unsafe storage.samples.count
    }

    /// Whether a period of `count` samples would fit now.
    package func hasRoom(forSamples count: Int) -> Bool {
        // Periods first: what they cover is then certainly in the samples' counter.
        let consumedPeriods = storage.consumedPeriods.value.load(ordering: .acquiring)
        let consumedSamples = storage.consumedSamples.value.load(ordering: .acquiring)
        return unsafe writtenPeriods &- consumedPeriods < storage.marks.count
            && writtenSamples &- consumedSamples + count <= storage.samples.count
    }

    /// Writes one period and wakes the consumer.
    ///
    /// - Parameters:
    ///   - samples: The period; `mark.sampleCount` of them are written.
    ///   - mark: Its position and time; `sampleCount` in `0...samples.count`.
    /// - Returns: Whether it fitted. A period that does not fit is dropped whole.
    package mutating func write(_ samples: Span<Float>, mark: PeriodMark) -> Bool {
        let count = mark.sampleCount
        precondition(
            count >= 0 && count <= samples.count,
            "a mark of \(count) samples does not describe a period of \(samples.count)"
        )
        guard hasRoom(forSamples: count) else { return false }
        copy(samples, count: count)
        unsafe storage.marks[writtenPeriods & (storage.marks.count - 1)] = mark
        writtenSamples &+= count
        writtenPeriods &+= 1
        storage.publishedPeriods.value.store(writtenPeriods, ordering: .releasing)
        storage.arrival.ring()
        return true
    }

    private func copy(_ samples: Span<Float>, count: Int) {
        guard count > 0 else { return }
        let ring = unsafe storage.samples
        let start = writtenSamples & (ring.count - 1)
        let beforeWrap = min(count, ring.count - start)
        unsafe samples.withUnsafeBufferPointer { source in
            guard let from = source.baseAddress, let to = ring.baseAddress else { return }
            unsafe (to + start).update(from: from, count: beforeWrap)
            unsafe to.update(from: from + beforeWrap, count: count - beforeWrap)
        }
    }
}

/// The reading end of a `SampleRing`.
package struct SampleConsumer: ~Copyable, Sendable {
    private let storage: RingStorage
    private var readSamples = 0
    private var readPeriods = 0

    init(storage: RingStorage) {
        self.storage = storage
    }

    /// Takes the oldest period out of the ring; never blocks.
    ///
    /// - Parameter samples: Receives the period at its beginning; must have room for the longest
    ///   period that is written.
    /// - Returns: The period's mark, or nil when the ring is empty.
    package mutating func nextPeriod(into samples: inout MutableSpan<Float>) -> PeriodMark? {
        guard hasPeriod else { return nil }
        let mark = unsafe storage.marks[readPeriods & (storage.marks.count - 1)]
        precondition(
            mark.sampleCount <= samples.count,
            "a period of \(mark.sampleCount) samples does not fit into \(samples.count)"
        )
        copy(count: mark.sampleCount, into: &samples)
        readSamples &+= mark.sampleCount
        readPeriods &+= 1
        storage.consumedSamples.value.store(readSamples, ordering: .releasing)
        storage.consumedPeriods.value.store(readPeriods, ordering: .releasing)
        return mark
    }

    /// Waits until there is a period, the producer has gone, or the time is over.
    ///
    /// - Returns: Whether there is a period.
    package borrowing func waitForPeriod(timeoutMilliseconds: Int) -> Bool {
        let deadline = MonotonicClock.now() + Int64(timeoutMilliseconds) * 1_000_000
        while true {
            let ticket = storage.arrival.ticket()
            if hasPeriod { return true }
            let remaining = deadline - MonotonicClock.now()
            if remaining <= 0 || storage.isFinished.load(ordering: .acquiring) {
                return hasPeriod
            }
            storage.arrival.wait(ticket: ticket, timeoutNanoseconds: remaining)
        }
    }

    /// Whether the producer has gone and everything it wrote has been read.
    package var isFinished: Bool {
        storage.isFinished.load(ordering: .acquiring) && !hasPeriod
    }

    /// The number of periods that wait to be read.
    package var waitingPeriods: Int {
        storage.publishedPeriods.value.load(ordering: .acquiring) &- readPeriods
    }

    private var hasPeriod: Bool {
        waitingPeriods != 0
    }

    private func copy(count: Int, into samples: inout MutableSpan<Float>) {
        guard count > 0 else { return }
        let ring = unsafe storage.samples
        let start = readSamples & (ring.count - 1)
        let beforeWrap = min(count, ring.count - start)
        unsafe samples.withUnsafeMutableBufferPointer { destination in
            guard let to = destination.baseAddress, let from = ring.baseAddress else { return }
            unsafe to.update(from: from + start, count: beforeWrap)
            unsafe (to + beforeWrap).update(from: from, count: count - beforeWrap)
        }
    }
}

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

/// An atomic integer alone on its cache lines, so that its writer does not slow other readers.
///
/// 128 bytes: the unit in which adjacent-line prefetchers and Apple and some Arm cores fetch.
struct PaddedAtomic: ~Copyable, Sendable {
    let value = Atomic<Int>(0)
    private let padding = InlineArray<15, Int>(repeating: 0)
}
