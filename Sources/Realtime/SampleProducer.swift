internal import Synchronization

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
