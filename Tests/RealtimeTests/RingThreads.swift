import Realtime

/// A producer that a thread's closure can hold.
final class RingWriter: @unchecked Sendable {
    // `producer` is touched by the one thread that writes.
    private var producer: SampleProducer?

    init(_ producer: consuming SampleProducer) {
        self.producer = consume producer
    }

    func write(_ samples: [Float], firstSample: Int64) -> Bool {
        producer?.write(samples.span, mark: .at(firstSample, count: samples.count)) ?? false
    }

    func finish() {
        producer = nil
    }
}

/// A consumer that a thread's closure can hold.
final class RingReader: @unchecked Sendable {
    // Both are touched by the one thread that reads.
    private var consumer: SampleConsumer
    private var block: [Float]

    init(_ consumer: consuming SampleConsumer, longestPeriod: Int) {
        self.consumer = consumer
        block = [Float](repeating: 0, count: longestPeriod)
    }

    /// The next period, or nil once the producer has gone.
    func nextWaiting() -> RingEnds.Period? {
        while true {
            var span = block.mutableSpan
            if let mark = consumer.nextPeriod(into: &span) {
                return .init(
                    samples: Array(block.prefix(mark.sampleCount)),
                    firstSample: mark.firstSample
                )
            }
            if consumer.isFinished { return nil }
            _ = consumer.waitForPeriod(timeoutMilliseconds: 1_000)
        }
    }
}
