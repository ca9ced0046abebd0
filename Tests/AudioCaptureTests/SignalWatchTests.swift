import TestSupport
import Testing

@testable import AudioCapture

@Suite
struct SignalWatchTests {
    private static let rateHz = 1_000

    @Test(
        arguments: [
            (SignalFault.digitalZeros, Float(0)), (.stuck, 0.25), (.stuck, -1e-5),
        ])
    func aConstantSignalIsAFaultAfterFiveSecondsAndOverWithTheFirstOtherSecond(
        fault: SignalFault,
        value: Float
    ) {
        var watch = SignalWatch(rateHz: Self.rateHz)
        for _ in 0..<4 { watch.add(second { _ in value }) }
        #expect(watch.fault == nil)
        watch.add(second { _ in value })
        #expect(watch.fault == fault)
        watch.add(noise(0.01))
        #expect(watch.fault == nil)
    }

    @Test func samplesFarToOneSideOfZeroAreAFault() {
        var watch = SignalWatch(rateHz: Self.rateHz)
        for _ in 0..<5 { watch.add(noise(0.1).map { $0 + 0.4 }) }
        #expect(watch.fault == .offset)
    }

    @Test func constantClippingIsAFaultAndASlammedDoorIsNone() {
        var watch = SignalWatch(rateHz: Self.rateHz)
        for _ in 0..<4 { watch.add(noise(1), clipped: 100) }
        watch.add(noise(0.1))
        #expect(watch.fault == nil)
        for _ in 0..<5 { watch.add(noise(1), clipped: 100) }
        #expect(watch.fault == .clipping)
    }

    @Test func aLevelFarUnderTheLearntFloorIsAFaultAfterTwentySeconds() {
        var watch = SignalWatch(rateHz: Self.rateHz)
        for index in 0..<700 { watch.add(noise(index % 10 == 0 ? 0.5 : 0.01)) }
        for _ in 0..<19 { watch.add(noise(0.0001)) }
        #expect(watch.fault == nil)
        watch.add(noise(0.0001))
        #expect(watch.fault == .farTooQuiet)
        watch.add(noise(0.01))
        #expect(watch.fault == nil)
    }

    @Test func aFloorThatWasLearntBeforeIsBelievedFromTheFirstSecond() throws {
        var before = SignalWatch(rateHz: Self.rateHz)
        for _ in 0..<599 { before.add(noise(0.01)) }
        #expect(before.floor == nil, "it is not believed yet")
        before.add(noise(0.01))
        let floor = try #require(before.floor)
        #expect(LearntFloor(bits: floor.bits) == floor)
        var watch = SignalWatch(rateHz: Self.rateHz, known: floor)
        for _ in 0..<19 { watch.add(noise(0.0001)) }
        #expect(watch.fault == nil)
        watch.add(noise(0.0001))
        #expect(watch.fault == .farTooQuiet)
        #expect(watch.floor == floor, "nothing is learnt of a dead cable")
    }

    /// How loud the second is in which it happens depends on when in it that is.
    @Test(arguments: [0.001, 0.01, 0.03, 0.06, 0.5])
    func aCableThatComesLooseWithinASecondIsNoticed(heardShare: Double) {
        var watch = SignalWatch(rateHz: Self.rateHz)
        for _ in 0..<701 { watch.add(noise(0.01)) }
        let heard = Int(heardShare * Double(Self.rateHz))
        watch.add(Array(noise(0.01).prefix(heard) + noise(0.00005).dropFirst(heard)))
        for _ in 0..<20 { watch.add(noise(0.00005)) }
        #expect(watch.fault == .farTooQuiet)
    }

    @Test(arguments: 0..<5) func aDeviceThatFadesOutIsNoticed(secondsBefore: Int) {
        var watch = SignalWatch(rateHz: Self.rateHz)
        for _ in 0..<(700 + secondsBefore) { watch.add(noise(0.01)) }
        for amplitude: Float in [0.004, 0.0015, 0.0006, 0.0002] { watch.add(noise(amplitude)) }
        for _ in 0..<20 { watch.add(noise(0.00005)) }
        #expect(watch.fault == .farTooQuiet)
    }

    @Test func aQuietNightIsNoFault() {
        var watch = SignalWatch(rateHz: Self.rateHz)
        for _ in 0..<700 { watch.add(noise(0.01)) }
        for _ in 0..<300 { watch.add(noise(0.001)) }
        #expect(watch.fault == nil)
    }

    @Test(arguments: [(1.0, false), (0.998, false), (0.9, true), (1.05, true)])
    func aRateThatIsWrongByMoreThanAPercentIsAFault(speed: Double, isWrong: Bool) {
        var watch = RateWatch(rateHz: 16_000)
        for index in 0..<500 {
            let time = Int64(Double(index) * 40_000_000 / speed)
            watch.add(640, at: time, isAfterGap: index == 0)
        }
        #expect(watch.isWrong == isWrong)
    }

    @Test func anInterruptionIsNoWrongRate() {
        var watch = RateWatch(rateHz: 16_000)
        for index in 0..<500 {
            let time = Int64(index) * 40_000_000 + Int64(index / 100) * 3_000_000_000
            watch.add(640, at: time, isAfterGap: index % 100 == 0)
        }
        #expect(!watch.isWrong)
    }

    /// A stall, and then all that was held up comes at once, or within some seconds.
    @Test(arguments: [0.2, 0.5, 2, 4, 6, 10, 30], [0, 0.01, 0.03])
    func aStallAndTheBurstAfterItAreNoWrongRate(seconds: Double, secondsPerLatePeriod: Double) {
        var watch = RateWatch(rateHz: 16_000)
        // When each period is read; the device itself goes on all the time.
        var read = 0.0
        var nextStall = 3.0
        for index in 0..<5_000 {
            let captured = Double(index) * 0.04
            if captured > nextStall {
                read = captured + seconds
                nextStall = captured + 2 * seconds + 1
            }
            read = max(captured, read + secondsPerLatePeriod)
            watch.add(640, at: Int64(read * 1e9), isAfterGap: index == 0)
            #expect(!watch.isWrong, "after \(captured) s")
            guard !watch.isWrong else { return }
        }
    }

    /// What the doctor asks of a short listening, and the service of each second.
    @Test func aMeasureOfSamplesSaysWhatTheyAloneShow() {
        func fault(_ samples: [Float]) -> SignalFault? {
            var measure = SignalMeasure()
            measure.add(samples.span)
            return measure.fault
        }
        #expect(fault([]) == nil)
        #expect(fault(second { _ in 0 }) == .digitalZeros)
        #expect(fault(second { _ in 0.25 }) == .stuck)
        #expect(fault(second { $0 % 50 == 0 ? 1 : 0.1 }) == .clipping)
        #expect(fault(second { $0 % 60 == 0 ? 1 : Float($0 % 2) / 10 }) == nil)
        #expect(fault(noise(0.1).map { $0 + 0.3 }) == .offset)
        #expect(fault(noise(0.1)) == nil)
    }

    private func second(_ value: (Int) -> Float) -> [Float] {
        (0..<Self.rateHz).map(value)
    }

    private func noise(_ amplitude: Float) -> [Float] {
        var random = SeededNumbers(seed: 5)
        return second { _ in Float.random(in: -amplitude...amplitude, using: &random) }
    }
}

extension SignalWatch {
    fileprivate mutating func add(_ samples: [Float], clipped: Int = 0) {
        add(samples.span, clipped: clipped)
    }
}
