import EventStore
import Foundation
import TestSupport
import Testing

@testable import Monitor

/// The way from the ring to the history on a machine whose clocks jump and that sleeps.
@Suite struct AnalysisWorkerTests {
    private let home: BacklogHome
    private let store: EventStore
    /// What an undisturbed machine makes of the scene, in seconds from its beginning.
    private let undisturbed: [Heard]

    private static let noon = Date(timeIntervalSince1970: 1_790_000_000)
    /// A moment within the sound of the chainsaw, which lasts from 43 to 48 s.
    private static let amidChainsaw = 46.0

    init() async throws {
        home = try BacklogHome()
        store = try home.openStore()
        let quiet = try BacklogHome()
        let quietStore = try quiet.openStore()
        let monitor = try OwnedMonitor(world: OwnedWorld(start: Self.noon), store: quietStore)
        monitor.hearTheRest()
        await monitor.finish()
        undisturbed = try Heard.all(in: quietStore, from: Self.noon)
    }

    private func spans(_ from: Date, _ to: Date) throws -> [CoverageStretch] {
        try store.coverageSpans(from: from, to: to)
    }

    /// The undisturbed events as they are when all that comes after a moment is dated later.
    private func shifted(by seconds: Double, after moment: Double) -> [Heard] {
        undisturbed.map { event in
            let shift = event.start < moment ? 0 : seconds
            return Heard(
                className: event.className,
                start: event.start + shift,
                end: event.end + shift
            )
        }
    }

    @Test func theSceneHasAnEventAroundTheMomentAtWhichTheClocksAreChanged() {
        #expect(undisturbed.count >= 8)
        #expect(
            undisturbed.contains {
                $0.className == "chainsaw" && $0.start < Self.amidChainsaw - 1
                    && $0.end > Self.amidChainsaw + 1
            }
        )
    }

    @Test func aClockSetForwardInsideAnEventMovesWhatComesLaterAndLosesNothing() async throws {
        let monitor = try OwnedMonitor(world: OwnedWorld(start: Self.noon), store: store)
        monitor.hear(seconds: Self.amidChainsaw)
        monitor.world.setWallClock(forwardBy: 3_600)
        monitor.hearTheRest()
        await monitor.finish()

        let heard = try Heard.all(in: store, from: Self.noon)
        Heard.expect(heard, are: shifted(by: 3_600, after: Self.amidChainsaw))
        let step = try #require(try store.clockSteps().first)
        #expect(try store.clockSteps().count == 1)
        #expect(abs(step.seconds - 3_600) < 0.01)
        #expect(abs(step.date.timeIntervalSince(Self.noon + Self.amidChainsaw + 3_600)) < 0.1)

        let all = try spans(Self.noon - 60, monitor.world.now + 60)
        let skipped = all.filter { $0.state == .absent }
        let seconds = skipped.reduce(0) { $0 + $1.end.timeIntervalSince($1.start) }
        #expect(abs(seconds - 3_600) < 1, "\(seconds)")
        #expect(skipped.allSatisfy { $0.reason?.contains("set forward by 3600.0 s") == true })
        expectNoHoles(all)
    }

    @Test(arguments: [-7.0, -3_600])
    func aClockSetBackInsideAnEventNeitherReordersNorLosesEvents(step: Double) async throws {
        let monitor = try OwnedMonitor(world: OwnedWorld(start: Self.noon), store: store)
        monitor.hear(seconds: Self.amidChainsaw)
        monitor.world.setWallClock(forwardBy: step)
        monitor.hearTheRest()
        await monitor.finish()

        let heard = try Heard.all(in: store, from: Self.noon)
        Heard.expect(heard, are: shifted(by: step, after: Self.amidChainsaw))
        let steps = try store.clockSteps()
        #expect(steps.count == 1)
        #expect(abs((steps.first?.seconds ?? 0) - step) < 0.01)
        // What was listened to twice by the clock is listened to, and no moment is missing.
        let from = min(Self.noon, Self.noon + Self.amidChainsaw + step)
        let totals = try store.coverage(from: from, to: Self.noon + Self.amidChainsaw).totals
        let known = (totals.seconds[.listening] ?? 0) + (totals.seconds[.gated] ?? 0)
        let expected = step < -60 ? DemoSound.durationSeconds : Self.amidChainsaw
        #expect(abs(known - expected) < 0.5, "\(totals.seconds)")
    }

    @Test func aClockThatJumpsForwardAgainDoesNotHideWhatWasListenedToBefore() async throws {
        let monitor = try OwnedMonitor(world: OwnedWorld(start: Self.noon), store: store)
        monitor.hear(seconds: 30)
        monitor.world.setWallClock(forwardBy: -20)
        monitor.hear(seconds: 2)
        monitor.world.setWallClock(forwardBy: 20)
        monitor.hearTheRest()
        await monitor.finish()
        #expect(try store.clockSteps().map { $0.seconds.rounded() } == [-20, 20])
        let totals = try store.coverage(from: Self.noon, to: Self.noon + DemoSound.durationSeconds)
            .totals
        let known = (totals.seconds[.listening] ?? 0) + (totals.seconds[.gated] ?? 0)
        #expect(known > 57, "only what the clock itself skipped is absent: \(totals.seconds)")
    }

    @Test func aMachineThatSleepsInsideAnEventRecordsTheSleepAndDatesWhatComesLaterRight()
        async throws
    {
        let monitor = try OwnedMonitor(world: OwnedWorld(start: Self.noon), store: store)
        monitor.hear(seconds: Self.amidChainsaw)
        monitor.suspend(seconds: 600)
        monitor.hearTheRest()
        await monitor.finish()

        #expect(try store.clockSteps().isEmpty)
        let heard = try Heard.all(in: store, from: Self.noon)
        let chainsaw = heard.filter { $0.className == "chainsaw" }
        #expect(!chainsaw.isEmpty)
        // No event claims to have sounded through the sleep.
        #expect(heard.allSatisfy { $0.end <= Self.amidChainsaw + 0.01 || $0.start >= 600 + 45.9 })
        #expect(heard.map(\.start) == heard.map(\.start).sorted())
        let others = shifted(by: 600, after: Self.amidChainsaw).filter {
            $0.className != "chainsaw"
        }
        // Behind the sleep the windows lie on a grid of their own.
        Heard.expect(heard.filter { $0.className != "chainsaw" }, are: others, within: 0.5)

        let all = try spans(Self.noon - 60, monitor.world.now + 60)
        let asleep = all.filter { $0.reason == "the machine was suspended" }
        let seconds = asleep.reduce(0) { $0 + $1.end.timeIntervalSince($1.start) }
        #expect(asleep.allSatisfy { $0.state == .stopped })
        #expect(abs(seconds - 600) < 0.5, "\(seconds)")
        #expect(all.allSatisfy { $0.state != .lost })
        expectNoHoles(all)
    }

    @Test func aClockSetWhileTheDeviceIsAwayLeavesTheAbsenceAnAbsence() async throws {
        let monitor = try OwnedMonitor(world: OwnedWorld(start: Self.noon), store: store)
        monitor.hear(seconds: 18)
        monitor.beAway(seconds: 20) { monitor.world.setWallClock(forwardBy: 3_600) }
        monitor.hearTheRest()
        await monitor.finish()
        let heard = try Heard.all(in: store, from: Self.noon)
        Heard.expect(heard, are: shifted(by: 3_620, after: 18), within: 0.5)
        let all = try spans(Self.noon - 60, monitor.world.now + 60)
        let away = all.filter { $0.state == .absent }
        let seconds = away.reduce(0) { $0 + $1.end.timeIntervalSince($1.start) }
        #expect(abs(seconds - 3_620) < 1, "\(all)")
        #expect(all.allSatisfy { $0.state != .lost })
        expectNoHoles(all)
    }

    @Test func aMachineThatLearnsTheTimeAfterItsFirstEventsHasThemAllAndNoDecadesOfAbsence()
        async throws
    {
        let start = Date(timeIntervalSince1970: 12)
        let monitor = try OwnedMonitor(world: OwnedWorld(start: start), store: store)
        monitor.hear(seconds: Self.amidChainsaw)
        let step = Self.noon.timeIntervalSince(monitor.world.now)
        monitor.world.setWallClock(forwardBy: step)
        monitor.hearTheRest()
        await monitor.finish()

        let heard = try Heard.all(in: store, from: start)
        Heard.expect(heard, are: shifted(by: step, after: Self.amidChainsaw))
        #expect(try abs((store.clockSteps().first?.seconds ?? 0) - step) < 0.01)
        let summary = try store.coverage(from: nil, to: monitor.world.now)
        #expect(abs(summary.from.timeIntervalSince(Self.noon)) < 1, "since the clock is right")
        let totals = summary.totals
        let known = (totals.seconds[.listening] ?? 0) + (totals.seconds[.gated] ?? 0)
        #expect(abs(known - totals.askedSeconds) < 1, "\(totals)")
        #expect(try spans(start, Self.noon - 1).allSatisfy { $0.end < start + 60 })
    }

    @Test func aStartWithoutTheTimeLeavesTheHistoryFromBeforeAsItWas() async throws {
        let first = try OwnedMonitor(world: OwnedWorld(start: Self.noon), store: store)
        first.hearTheRest()
        await first.finish()
        let before = try Heard.all(in: store, from: Self.noon)

        // Two days later it starts at the beginning of 1970 and soon learns the time.
        let second = try OwnedMonitor(
            world: OwnedWorld(start: Date(timeIntervalSince1970: 12)),
            store: store
        )
        second.hear(seconds: Self.amidChainsaw)
        let dayAfter = Self.noon + 2 * 86_400
        second.world.setWallClock(forwardBy: dayAfter.timeIntervalSince(second.world.now))
        second.hearTheRest()
        await second.finish()

        let heard = try Heard.all(in: store, from: Self.noon)
        #expect(Array(heard.prefix(before.count)) == before)
        #expect(heard.map(\.className) == before.map(\.className) + undisturbed.map(\.className))
        let steps = try store.clockSteps()
        #expect(steps.map { $0.seconds < 0 } == [true, false])
        let totals = try store.coverage(from: Self.noon, to: Self.noon + DemoSound.durationSeconds)
            .totals
        let listened = (totals.seconds[.listening] ?? 0) + (totals.seconds[.gated] ?? 0)
        #expect(listened > 59, "the past is as it was: \(totals.seconds)")
        let between = try store.coverage(from: Self.noon + 61, to: dayAfter).totals
        #expect(between.unknownSeconds < 1, "\(between.seconds)")
        #expect((between.seconds[.listening] ?? 0) < 1)
    }

    /// Every moment between the first and the last is accounted for.
    private func expectNoHoles(_ spans: [CoverageStretch]) {
        for (span, next) in zip(spans, spans.dropFirst()) {
            let hole = next.start.timeIntervalSince(span.end)
            #expect(abs(hole) < 0.021, "\(span) and \(next)")
        }
    }
}

/// A source whose process, disk or sound server stands still for a while: what was only late is
/// heard as if nothing had happened.
@Suite(.timeLimit(.minutes(30))) struct StallTests {
    private let store: EventStore
    private let home: BacklogHome

    private static let noon = Date(timeIntervalSince1970: 1_790_000_000)
    private static let periodSeconds = 0.04

    init() throws {
        home = try BacklogHome()
        store = try home.openStore()
    }

    /// What is heard of the scene where nothing stands still.
    private static func undisturbed() async throws -> [Heard] {
        let home = try BacklogHome()
        let store = try home.openStore()
        let monitor = try OwnedMonitor(world: OwnedWorld(start: noon), store: store)
        monitor.hearTheRest()
        await monitor.finish()
        return try Heard.all(in: store, from: noon)
    }

    /// Stalls of 0.1 to 30 s at any moment, several of them close together, on machines that are
    /// from 500 times to hardly faster than real time.
    @Test(arguments: 0..<8)
    func noEventInCapturedSoundIsMissedWheneverAndHoweverLongTheProcessStandsStill(
        seed: Int
    ) async throws {
        var random = SeededNumbers(seed: UInt64(seed))
        let speed = [500, 50, 3, 1.2][seed % 4]
        let world = OwnedWorld(start: Self.noon)
        world.setWork(secondsPerPeriod: Self.periodSeconds / speed)
        let monitor = try OwnedMonitor(world: world, store: store, waitsForAnalysis: false)
        while !monitor.isOver {
            monitor.hear(seconds: Double.random(in: 0.04...4, using: &random))
            let seconds = 0.1 * pow(300, Double.random(in: 0...1, using: &random))
            monitor.standStill(seconds: seconds, amid: Int.random(in: 0...5, using: &random))
        }
        let condition = await monitor.finish()

        Heard.expect(try Heard.all(in: store, from: Self.noon), are: try await Self.undisturbed())
        #expect(condition.windowsLeftOut == 0)
        #expect(condition.lostSamples == 0)
        let totals = try store.coverage(from: Self.noon, to: world.now).totals
        let known = (totals.seconds[.listening] ?? 0) + (totals.seconds[.gated] ?? 0)
        #expect(abs(known - totals.askedSeconds) < 1, "\(totals)")
    }

    @Test func whatASoundServerDeliversLateIsHeardAsIfItHadComeInTime() async throws {
        let world = OwnedWorld(start: Self.noon)
        let monitor = try OwnedMonitor(world: world, store: store, waitsForAnalysis: false)
        for seconds in [2.5, 4, 8, 6] {
            monitor.hear(seconds: 5)
            monitor.holdDevice(seconds: seconds)
        }
        monitor.hearTheRest()
        let condition = await monitor.finish()

        Heard.expect(try Heard.all(in: store, from: Self.noon), are: try await Self.undisturbed())
        #expect(condition.lostSamples == 0)
        let totals = try store.coverage(from: Self.noon, to: world.now).totals
        #expect((totals.seconds[.absent] ?? 0) < 0.1, "\(totals.seconds)")
    }

    @Test func windowsThatAreLeftOutAreCountedAsSuchAndNothingAsLost() async throws {
        let world = OwnedWorld(start: Self.noon)
        world.setWork(secondsPerPeriod: 20 * Self.periodSeconds)
        let monitor = try OwnedMonitor(world: world, store: store, waitsForAnalysis: false)
        monitor.hearTheRest()
        let condition = await monitor.finish()

        #expect(condition.stride == BackPressure.greatestStride)
        #expect(condition.windowsLeftOut > 50, "\(condition.windowsLeftOut)")
        #expect(condition.lostSamples == 0)
        let totals = try store.coverage(from: Self.noon, to: world.now).totals
        #expect(totals.lostSamples == 0)
        // Between windows that lie further apart than they are long nobody listened.
        #expect((totals.seconds[.lost] ?? 0) > 10, "\(totals.seconds)")
    }
}

/// An event in the history, by seconds from the beginning of the scene.
private struct Heard: Equatable {
    let className: String
    let start: Double
    let end: Double

    /// All events in the order in which the history lists them.
    static func all(in store: EventStore, from start: Date) throws -> [Heard] {
        var filter = EventFilter()
        filter.order = .oldestFirst
        return try store.events(matching: filter).map { event in
            Heard(
                className: event.className,
                start: event.start.timeIntervalSince(start),
                end: try #require(event.end).timeIntervalSince(start)
            )
        }
    }

    static func expect(
        _ heard: [Heard],
        are expected: [Heard],
        within tolerance: Double = 0.002
    ) {
        #expect(heard.map(\.className) == expected.map(\.className))
        for (event, other) in zip(heard, expected) {
            #expect(abs(event.start - other.start) <= tolerance, "\(event), expected \(other)")
            #expect(abs(event.end - other.end) <= tolerance, "\(event), expected \(other)")
        }
    }
}
