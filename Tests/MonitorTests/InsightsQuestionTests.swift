import EventStore
import Foundation
import Messages
import Platform
import Testing

@testable import Monitor

@Suite struct InsightsQuestionTests {
    /// Wednesday, 2026-04-01 00:15 UTC; in Kathmandu it is 06:00.
    private static let now = Date(timeIntervalSince1970: 1_774_995_300 + 7_200)
    private let home: BacklogHome
    private let store: EventStore

    init() throws {
        home = try BacklogHome()
        store = try home.openStore()
    }

    private func write(_ barks: [Date], listenedFrom start: Date) throws {
        let model = ModelIdentity(
            name: "m",
            version: "1",
            digest: "d",
            classes: [ClassIdentity(name: "dog_bark", label: "Dog bark")]
        )
        let stretch = CoverageStretch(state: .gated, start: start, end: Self.now)
        let events = barks.enumerated().map { index, start in
            HistoryEntry.ended(
                EventRecord(
                    id: Int64(index + 1),
                    source: "porch",
                    model: model.key,
                    className: "dog_bark",
                    start: start,
                    end: start + 1,
                    peakScore: 0.9,
                    meanScore: 0.8,
                    levelDBFS: -20
                )
            )
        }
        _ = try store.apply(
            [.covered(source: "porch", stretch)] + events,
            keys: try store.keys(for: [model], now: start)
        )
    }

    private func answer(days: Double, zone: String = "Asia/Kathmandu") throws -> InsightsMessage {
        let zone = try #require(Zone(zone))
        return try InsightsQuestion(
            from: Self.now - days * 86_400,
            to: Self.now,
            zone: zone
        ).answer(from: store, zoneName: "here")
    }

    @Test func hoursAndDaysAreThoseOfTheZone() throws {
        // 23:30 UTC on Monday is 05:15 on Tuesday in Kathmandu.
        let bark = Date(timeIntervalSince1970: 1_774_913_400)
        try write([bark], listenedFrom: Self.now - 40 * 86_400)
        let here = try answer(days: 28)
        #expect(
            here.heard == [
                WeekHourMessage(
                    className: "dog_bark",
                    source: "porch",
                    weekday: 2,
                    hour: 5,
                    count: 1
                )
            ]
        )
        #expect(here.daysBefore == 21 && here.remarks.isEmpty && here.unusual.isEmpty)
        #expect(here.firsts.count == 1 && here.usualFirsts == 0.25)
        #expect(here.listened.count == 168)
        #expect(here.listened.allSatisfy { $0.listenedSeconds == 4 * 3_600 })
        let utc = try answer(days: 28, zone: "UTC").heard
        #expect(utc.map(\.weekday) == [1] && utc.map(\.hour) == [23])
    }

    @Test func barksThatComeEveryNightOfTheLastWeekAreFound() throws {
        let nights = (0..<7).map { Self.now - Double($0) * 86_400 - 4 * 3_600 }
        try write(nights, listenedFrom: Self.now - 40 * 86_400)
        let found = try answer(days: 28).unusual
        #expect(found.contains { $0.kind == "new_hour" && $0.className == "dog_bark" })
        #expect(found.contains { $0.kind == "more" && $0.recent == 1 && $0.before == 0 })
    }

    @Test func aShortHistorySaysThatItCannotTell() throws {
        try write([Self.now - 7_200], listenedFrom: Self.now - 10 * 86_400)
        let answer = try answer(days: 28)
        #expect(answer.unusual.isEmpty && answer.firsts.isEmpty)
        #expect(answer.daysBefore < 14 && answer.remarks.count == 1)
    }

    @Test(arguments: [0, 7, 367]) func aTimeThatIsTooShortOrLongIsRefused(days: Double) {
        #expect(throws: ControlError.self) { try answer(days: days) }
    }
}
