internal import CLinuxSupport
internal import Synchronization

/// A lock-free ring of samples between one writing and one reading thread.
///
/// Beside the samples travel `PeriodMark`s, one per period. Both ends are `~Copyable`, so that the
/// compiler holds each to one owner: take each once and move it to its thread.
package struct SampleRing: ~Copyable {
    private let storage: RingStorage
    private var producerTaken = false
    private var consumerTaken = false

    /// The most samples in one period, so that its reader knows how much room it needs.
    package static let longestPeriod = 1 << 16

    /// Creates an empty ring whose writer allocates it when it knows the rate.
    ///
    /// - Parameter seconds: For how long the reader may be held up, above 0.
    /// - Returns: The ring; take its two ends.
    package static func make(seconds: Int) -> SampleRing {
        SampleRing(storage: RingStorage(seconds: seconds))
    }

    /// Creates an empty ring of a given size.
    ///
    /// - Parameters:
    ///   - sampleCapacity: Samples that fit, above 0; rounded up to a power of two.
    ///   - periodCapacity: Periods that fit, above 0; rounded up to a power of two.
    /// - Returns: The ring; take its two ends.
    package static func make(sampleCapacity: Int, periodCapacity: Int) -> SampleRing {
        let storage = RingStorage(seconds: 0)
        storage.allocate(sampleCapacity: sampleCapacity, periodCapacity: periodCapacity)
        return SampleRing(storage: storage)
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

    fileprivate init(storage: RingStorage) {
        self.storage = storage
    }

    deinit {
        storage.isFinished.store(true, ordering: .releasing)
        storage.arrival.ring()
    }

    /// Most periods a second for whose marks there is room; a device may come back with shorter
    /// ones.
    private static let mostPeriodsPerSecond = 200

    /// Allocates a ring that was made for a time; to be called before anything is written.
    ///
    /// The ring holds at least that time at this rate, and two of the longest periods. Does nothing
    /// when the ring has been allocated.
    ///
    /// - Parameters:
    ///   - sampleRateHz: The rate, which stays the same for the life of the ring.
    ///   - periodFrames: The length of the first periods.
    package func allocate(sampleRateHz: Int, periodFrames: Int) {
        guard unsafe storage.samples.isEmpty else { return }
        let samples = max(storage.seconds * sampleRateHz, 2 * SampleRing.longestPeriod)
        storage.allocate(
            sampleCapacity: samples,
            periodCapacity: max(
                storage.seconds * Self.mostPeriodsPerSecond,
                samples / max(1, periodFrames)
            )
        )
    }

    /// The number of samples that the ring can hold; 0 before it is allocated.
    package var sampleCapacity: Int {
        unsafe storage.samples.count
    }

    /// Whether the system has locked the ring's samples in memory.
    package var memoryLock: SystemGrant { storage.lock }

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
            count >= 0 && count <= min(samples.count, SampleRing.longestPeriod),
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

    fileprivate init(storage: RingStorage) {
        self.storage = storage
    }

    /// Takes the oldest period out of the ring; never blocks.
    ///
    /// - Parameter samples: Receives the period at its beginning; must have room for the longest
    ///   period that is written, `SampleRing.longestPeriod` at most.
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
@safe private final class RingStorage: @unchecked Sendable {
    // `samples`, `marks` and `lock`: written by the producer before it publishes its first period.
    // After that an element belongs to the producer until its period is published, to the consumer
    // until its period is consumed, and to the producer again after that; the acquire load of the
    // other side's counter orders the hand-over. All else is constant or atomic.
    private(set) var samples = unsafe UnsafeMutableBufferPointer<Float>(start: nil, count: 0)
    private(set) var marks = unsafe UnsafeMutableBufferPointer<PeriodMark>(start: nil, count: 0)
    private(set) var lock = SystemGrant.granted
    let seconds: Int
    let publishedPeriods = PaddedAtomic()
    let consumedSamples = PaddedAtomic()
    let consumedPeriods = PaddedAtomic()
    let isFinished = Atomic<Bool>(false)
    let arrival = WakeSignal()

    init(seconds: Int) {
        self.seconds = seconds
    }

    /// Allocates memory for at least this many samples and periods.
    ///
    /// Touches all of it and asks the system to lock the samples, so that the capture thread meets
    /// no page fault.
    func allocate(sampleCapacity: Int, periodCapacity: Int) {
        unsafe precondition(samples.isEmpty, "a ring is allocated once")
        unsafe samples = .allocate(capacity: Self.powerOfTwo(atLeast: sampleCapacity))
        unsafe samples.initialize(repeating: 0)
        unsafe lock = SystemGrant(errno: linux_lock_memory(samples.baseAddress, byteCount))
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
        guard unsafe !samples.isEmpty else { return }
        unsafe linux_unlock_memory(samples.baseAddress, byteCount)
        unsafe samples.deallocate()
        unsafe marks.deallocate()
    }

    private var byteCount: Int { unsafe samples.count * MemoryLayout<Float>.stride }

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
private struct PaddedAtomic: ~Copyable, Sendable {
    let value = Atomic<Int>(0)
    private let padding = InlineArray<15, Int>(repeating: 0)
}
