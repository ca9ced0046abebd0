import Testing

@testable import Monitor

@Suite struct IntegrityScheduleTests {
    private let start = ContinuousClock.now
    private let day = Duration.seconds(86_400)

    @Test func aHistoryIsLookedAtOnceAnIntervalAtAQuietMoment() {
        var schedule = IntegritySchedule(now: start)
        #expect(!schedule.isDue(at: start + day - .seconds(1), every: day, isQuiet: true))
        #expect(schedule.isDue(at: start + day, every: day, isQuiet: true))
        schedule.checked(at: start + day)
        #expect(!schedule.isDue(at: start + day + .seconds(1), every: day, isQuiet: true))
    }

    @Test func whereItIsNeverQuietItIsLookedAtTwoHoursLater() {
        let schedule = IntegritySchedule(now: start)
        #expect(!schedule.isDue(at: start + day + .seconds(7_199), every: day, isQuiet: false))
        #expect(schedule.isDue(at: start + day + .seconds(7_200), every: day, isQuiet: false))
    }

    @Test func withoutAnIntervalItIsNeverLookedAt() {
        let schedule = IntegritySchedule(now: start)
        #expect(!schedule.isDue(at: start + day * 1_000, every: nil, isQuiet: true))
    }
}
