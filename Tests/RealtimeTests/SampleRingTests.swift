import Foundation
import Realtime
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10)))
struct SampleRingTests {
    @Test func whatIsWrittenIsReadInOrderWithItsMarks() {
        let ends = RingEnds(sampleCapacity: 64, periodCapacity: 8)
        #expect(ends.write([1, 2, 3], firstSample: 10))
        #expect(ends.write([4], firstSample: 100))

        #expect(ends.read() == .init(samples: [1, 2, 3], firstSample: 10))
        #expect(ends.read() == .init(samples: [4], firstSample: 100))
        #expect(ends.read() == nil)
    }

    @Test func aPeriodThatDoesNotFitIsDroppedWholeAndTheRestIsIntact() {
        let ends = RingEnds(sampleCapacity: 8, periodCapacity: 8)
        #expect(ends.write([1, 2, 3, 4, 5], firstSample: 0))
        #expect(!ends.write([6, 7, 8, 9], firstSample: 5))
        #expect(ends.write([10, 11, 12], firstSample: 9))

        #expect(ends.read() == .init(samples: [1, 2, 3, 4, 5], firstSample: 0))
        #expect(ends.read() == .init(samples: [10, 11, 12], firstSample: 9))
        #expect(ends.read() == nil)
    }

    @Test func morePeriodsThanTheRingHoldsAreRefusedEvenIfTheirSamplesFit() {
        let ends = RingEnds(sampleCapacity: 1024, periodCapacity: 2)
        #expect(ends.write([1], firstSample: 0))
        #expect(ends.write([2], firstSample: 1))
        #expect(!ends.write([3], firstSample: 2))
        _ = ends.read()
        #expect(ends.write([4], firstSample: 3))
    }

    @Test(arguments: [(8_000, 18), (48_000, 20), (384_000, 23)])
    func aRingMadeForATimeHoldsItAtAnyRate(rateHz: Int, exponent: Int) {
        var ring = SampleRing.make(seconds: 20)
        var producer = ring.takeProducer()
        let periodFrames = rateHz / 25
        producer.allocate(sampleRateHz: rateHz, periodFrames: periodFrames)
        let capacity = producer.sampleCapacity
        #expect(capacity == 1 << exponent)
        let samples = [Float](repeating: 0.5, count: periodFrames)
        var written = 0
        while producer.write(samples.span, mark: .at(Int64(written), count: periodFrames)) {
            written += periodFrames
        }
        #expect(written >= 20 * rateHz)
        #expect(capacity - written < periodFrames, "samples limit it, not marks")
        // Coming back at the same rate, a device changes nothing.
        producer.allocate(sampleRateHz: rateHz, periodFrames: 2 * periodFrames)
        let capacityAfterwards = producer.sampleCapacity
        #expect(capacityAfterwards == capacity)
    }

    @Test func aRingIsLockedInMemoryOrTheRefusalIsKept() throws {
        var ring = SampleRing.make(sampleCapacity: 1 << 16, periodCapacity: 16)
        let lock = ring.takeProducer().memoryLock
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmLck:") })
        let kilobytes = try #require(line.split(separator: " ").dropLast().last.flatMap { Int($0) })
        #expect(lock == .granted ? kilobytes >= 256 : lock != .granted)
    }

    @Test(arguments: 0..<20)
    func randomSizesAroundTheWrapMatchAPlainQueue(seed: Int) {
        var random = SeededNumbers(seed: UInt64(seed))
        let capacity = 1 << Int.random(in: 3...9, using: &random)
        let periods = 1 << Int.random(in: 1...5, using: &random)
        let ends = RingEnds(sampleCapacity: capacity, periodCapacity: periods)
        var model: [RingEnds.Period] = []
        var next: Float = 0
        for step in 0..<2_000 {
            if Bool.random(using: &random) {
                let count = Int.random(in: 0...capacity / 2 + 1, using: &random)
                let samples = (0..<count).map { next + Float($0) }
                next += Float(count)
                let held = model.reduce(0) { $0 + $1.samples.count }
                let fits = model.count < periods && held + count <= capacity
                #expect(ends.write(samples, firstSample: Int64(step)) == fits)
                if fits { model.append(.init(samples: samples, firstSample: Int64(step))) }
            } else {
                let expected = model.isEmpty ? nil : model.removeFirst()
                #expect(ends.read() == expected)
            }
        }
    }

    @Test func twoThreadsLoseNothingThatWasAcceptedAndKeepTheOrder() {
        var ring = SampleRing.make(sampleCapacity: 4096, periodCapacity: 16)
        let writer = RingWriter(ring.takeProducer())
        let reader = RingReader(ring.takeConsumer(), longestPeriod: 700)
        let produce = DedicatedThread(name: "ring-writer", priority: .normal) {
            var random = SeededNumbers(seed: 7)
            var position = 0
            for _ in 0..<4_000 {
                let count = Int.random(in: 1...700, using: &random)
                // Positions below 2^24 are exact in Float.
                let samples = (0..<count).map { Float((position + $0) & 0xFF_FFFF) }
                while !writer.write(samples, firstSample: Int64(position)) {}
                position += count
            }
            writer.finish()
        }
        var faults = 0
        var total = 0
        produce.start()
        while let period = reader.nextWaiting() {
            let expected = (total..<total + period.samples.count).map { Float($0 & 0xFF_FFFF) }
            if period != .init(samples: expected, firstSample: Int64(total)) { faults += 1 }
            total += period.samples.count
        }
        produce.join()
        #expect(faults == 0)
        #expect(total > 1_000_000)
    }

    @Test func waitingEndsAtOnceWhenAPeriodArrives() {
        var ring = SampleRing.make(sampleCapacity: 64, periodCapacity: 4)
        let writer = RingWriter(ring.takeProducer())
        let consumer = ring.takeConsumer()
        let thread = DedicatedThread(name: "late-writer", priority: .normal) {
            let pause = WakeSignal()
            pause.wait(ticket: pause.ticket(), timeoutNanoseconds: 50_000_000)
            _ = writer.write([1, 2], firstSample: 0)
        }
        let begin = MonotonicClock.now()
        thread.start()
        let arrived = consumer.waitForPeriod(timeoutMilliseconds: 20_000)
        #expect(arrived)
        #expect(MonotonicClock.now() - begin < 10_000_000_000)
        thread.join()
    }

    @Test func waitingForNothingEndsWhenTheTimeIsOver() {
        var ring = SampleRing.make(sampleCapacity: 64, periodCapacity: 4)
        let producer = ring.takeProducer()
        let consumer = ring.takeConsumer()
        let begin = MonotonicClock.now()
        let arrived = consumer.waitForPeriod(timeoutMilliseconds: 30)
        #expect(!arrived)
        #expect(MonotonicClock.now() - begin >= 29_000_000)
        let finishedBefore = consumer.isFinished
        _ = consume producer
        let finishedAfter = consumer.isFinished
        #expect(!finishedBefore)
        #expect(finishedAfter)
    }
}

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
