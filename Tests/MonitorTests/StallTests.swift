import EventStore
import Foundation
import Testing

@testable import Monitor

/// A source whose process, disk or sound server stands still for a while: what was only late is
/// heard as if nothing had happened.
@Suite(.timeLimit(.minutes(30))) struct StallTests {
    private let store: EventStore
    private let home: BacklogHome

    private static let noon = Date(timeIntervalSince1970: 1_790_000_000)
    private static let periodSeconds = 0.04

    private struct Heard: Equatable {
        let className: String
        let start: Double
        let end: Double
    }

    init() throws {
        home = try BacklogHome()
        store = try home.openStore()
    }

    private static func heard(in store: EventStore) throws -> [Heard] {
        var filter = EventFilter()
        filter.order = .oldestFirst
        return try store.events(matching: filter).map { event in
            Heard(
                className: event.className,
                start: event.start.timeIntervalSince(noon),
                end: try #require(event.end).timeIntervalSince(noon)
            )
        }
    }

    /// What is heard of the scene where nothing stands still.
    private static func undisturbed() async throws -> [Heard] {
        let home = try BacklogHome()
        let store = try home.openStore()
        let monitor = try OwnedMonitor(world: OwnedWorld(start: noon), store: store)
        monitor.hearTheRest()
        await monitor.finish()
        return try heard(in: store)
    }

    private func expect(_ heard: [Heard], are expected: [Heard]) {
        #expect(heard.map(\.className) == expected.map(\.className))
        for (event, other) in zip(heard, expected) {
            #expect(abs(event.start - other.start) <= 0.002, "\(event), expected \(other)")
            #expect(abs(event.end - other.end) <= 0.002, "\(event), expected \(other)")
        }
    }

    /// Stalls of 0.1 to 30 s at any moment, several of them close together, on machines that are
    /// from 500 times to hardly faster than real time.
    @Test(arguments: 0..<8)
    func noEventInCapturedSoundIsMissedWheneverAndHoweverLongTheProcessStandsStill(
        seed: Int
    ) async throws {
        var random = SystemIndependentRandom(seed: UInt64(seed))
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

        expect(try Self.heard(in: store), are: try await Self.undisturbed())
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

        expect(try Self.heard(in: store), are: try await Self.undisturbed())
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
