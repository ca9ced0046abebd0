internal import Synchronization

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
