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
