import Detection
import Foundation
import Testing

@testable import Monitor

@Suite struct EventBeginningsTests {
    private static let second: Int64 = 1_000_000_000

    /// An event from the first to the fourth second of a source of 1,000 Hz.
    private let event = DetectedEvent(
        number: 7,
        classIndex: 0,
        start: SampleTime(1_000),
        end: SampleTime(4_000),
        peakScore: 1,
        meanScore: 1,
        levelDBFS: -20
    )

    /// A clock at whose second second the wall clock is set by a number of seconds.
    private func clock(setBy step: Int64) -> StreamClock {
        var clock = StreamClock(nominalRateHz: 1_000)
        for second in Int64(0)...5 {
            let wall = 100 + second + (second >= 2 ? step : 0)
            _ = clock.observe(
                sample: SampleTime(second * 1_000),
                monotonicNanoseconds: second * Self.second,
                wallNanoseconds: wall * Self.second
            )
        }
        return clock
    }

    @Test(arguments: [-3_600, 0, 3_600] as [Int64])
    func anEventLastsAsLongAsItsSamplesWhateverTheWallClockWasSetTo(step: Int64) {
        var beginnings = EventBeginnings()
        let start = Date(timeIntervalSince1970: 101)
        beginnings.note(event, ofModel: 1, at: start)
        let end = beginnings.end(of: event, ofModel: 1, datedBy: clock(setBy: step))
        #expect(abs(end.timeIntervalSince(start) - 3) < 0.01)
    }

    @Test func eventsOfTwoModelsWithOneNumberAreToldApart() {
        var beginnings = EventBeginnings()
        beginnings.note(event, ofModel: 0, at: Date(timeIntervalSince1970: 101))
        beginnings.note(event, ofModel: 1, at: Date(timeIntervalSince1970: 501))
        let end = beginnings.end(of: event, ofModel: 1, datedBy: clock(setBy: 0))
        #expect(abs(end.timeIntervalSince1970 - 504) < 0.01)
    }
}
