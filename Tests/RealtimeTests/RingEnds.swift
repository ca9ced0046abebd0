import Realtime

/// Both ends of a ring in one hand, with arrays in and out.
final class RingEnds {
    struct Period: Equatable {
        var samples: [Float]
        var firstSample: Int64
    }

    private var producer: SampleProducer
    private var consumer: SampleConsumer
    private let capacity: Int

    init(sampleCapacity: Int, periodCapacity: Int) {
        var ring = SampleRing.make(
            sampleCapacity: sampleCapacity,
            periodCapacity: periodCapacity
        )
        producer = ring.takeProducer()
        consumer = ring.takeConsumer()
        capacity = sampleCapacity
    }

    func write(_ samples: [Float], firstSample: Int64) -> Bool {
        producer.write(samples.span, mark: .at(firstSample, count: samples.count))
    }

    func read() -> Period? {
        var samples = [Float](repeating: -1, count: capacity)
        var span = samples.mutableSpan
        guard let mark = consumer.nextPeriod(into: &span) else { return nil }
        return Period(
            samples: Array(samples.prefix(mark.sampleCount)),
            firstSample: mark.firstSample
        )
    }
}

extension PeriodMark {
    static func at(_ firstSample: Int64, count: Int) -> PeriodMark {
        PeriodMark(
            firstSample: firstSample,
            sampleCount: count,
            captureTimeNanoseconds: firstSample,
            monotonicNanoseconds: firstSample
        )
    }
}
