import Foundation
import TestSupport
import Testing

@testable import Monitor

/// Histories that are made, of which it is known what is unusual.
@Suite struct InsightsTests {
    private static let start = Date(timeIntervalSince1970: 1_767_225_600)

    /// Hours of so many days, each as a function says.
    private func hours(
        days: Int,
        _ make: (_ day: Int, _ hour: Int) -> (
            events: [String: Int], laeq: Double?, listened: Double
        )
    ) -> HeardHours {
        HeardHours(
            source: "porch",
            hours: (0..<days * 24).map { index in
                let made = make(index / 24, index % 24)
                return HeardHour(
                    start: Self.start + Double(index) * 3_600,
                    weekday: index / 24 % 7,
                    hour: index % 24,
                    listened: made.listened,
                    events: made.events,
                    laeq: made.laeq
                )
            }
        )
    }

    /// A house: barks by day and in bursts, speech in the evening and more of it at the weekend, a
    /// clock every hour; louder by day.
    private func house<Numbers: RandomNumberGenerator>(
        _ day: Int,
        _ hour: Int,
        using random: inout Numbers
    ) -> (events: [String: Int], laeq: Double?, listened: Double) {
        var events: [String: Int] = [:]
        func happens(_ probability: Double) -> Bool {
            .random(in: 0..<1, using: &random) < probability
        }
        if (7...21).contains(hour), happens(0.3) {
            events["dog_bark"] = .random(in: 1...40, using: &random)
        }
        if (18...22).contains(hour), happens(day % 7 >= 5 ? 0.9 : 0.6) {
            events["speech"] = .random(in: 1...9, using: &random)
        }
        events["clock"] = 1
        if happens(0.02) { events["glass_break"] = 1 }
        let level =
            ((7...22).contains(hour) ? -40 : -60) + Double.random(in: -6...6, using: &random)
        return (
            events, hour % 6 == 2 ? level : nil,
            happens(0.02) ? 0 : .random(in: 0.9...1, using: &random)
        )
    }

    @Test func aYearInWhichNothingChangesIsUnusualInNoMoreWeeksThanSaid() {
        var random = SeededNumbers(seed: 4)
        // Weeks that have no day in common, each against the three before it.
        var alarms = 0
        var (firsts, usual) = (0.0, 0.0)
        let weeks = 60
        for _ in 0..<weeks {
            let insights = Insights([hours(days: 28) { house($0, $1, using: &random) }])
            alarms += insights.unusual.isEmpty ? 0 : 1
            firsts += Double(insights.firsts.count)
            usual += insights.usualFirsts
        }
        // Of 60 at 5 %, eight or more come in less than two cases of a hundred.
        #expect(alarms <= 7, "\(alarms) of \(weeks) weeks")
        #expect(abs(firsts / usual - 1) < 0.25, "\(firsts) for \(usual)")
    }

    @Test func aYearBeforeIsComparedToo() {
        var random = SeededNumbers(seed: 5)
        let quiet = Insights([
            hours(days: 364) { day, hour in
                var made = house(day, hour, using: &random)
                made.laeq = nil
                return made
            }
        ])
        #expect(quiet.unusual.isEmpty && quiet.daysBefore > 340)
    }

    @Test func whatIsHeardEveryNightAtAnHourAtWhichItNeverWasIsFound() throws {
        var random = SeededNumbers(seed: 6)
        let insights = Insights([
            hours(days: 28) { day, hour in
                var made = house(day, hour, using: &random)
                if day >= 21, hour == 3 { made.events["dog_bark"] = 2 }
                made.listened = 1
                return made
            }
        ])
        let found = try #require(insights.unusual.first { $0.kind == .newHour })
        #expect(found.className == "dog_bark" && found.hour == 3 && found.source == "porch")
        #expect(found.recent == 100 && found.before == 0 && found.p < 1e-5)
        let first = try #require(insights.firsts.first { $0.className == "dog_bark" })
        #expect(first.hour == 3 && first.start == Self.start + Double(21 * 24 + 3) * 3_600)
    }

    @Test func aClockThatNoLongerStrikesIsMissedAndSilenceThatWasNotListenedToIsNot() {
        func made(listened: Double) -> Insights {
            Insights([
                hours(days: 28) { day, hour in
                    day >= 21 && hour == 12 ? ([:], nil, listened) : (["clock": 1], nil, 1)
                }
            ])
        }
        let silent = made(listened: 1).unusual
        #expect(Set(silent.map(\.kind)).isSuperset(of: [.silence]))
        #expect(
            silent.filter { $0.kind == .silence }.allSatisfy { $0.hour == 12 && $0.recent == 0 }
        )
        #expect(made(listened: 0).unusual.isEmpty)
    }

    @Test func manyMoreEventsAndAHigherLevelAreFound() throws {
        var random = SeededNumbers(seed: 7)
        let insights = Insights([
            hours(days: 28) { day, hour in
                var made = house(day, hour, using: &random)
                if day >= 21 {
                    if let count = made.events["dog_bark"] { made.events["dog_bark"] = 4 * count }
                    if hour == 2 { made.laeq = -45 }
                }
                return made
            }
        ])
        let more = try #require(insights.unusual.first { $0.kind == .more })
        #expect(more.className == "dog_bark" && more.recent > 2 * more.before)
        let louder = try #require(insights.unusual.first { $0.kind == .louder })
        #expect(louder.hour == 2 && louder.recent == -45 && louder.before < -55)
        #expect(insights.unusual.allSatisfy { $0.kind != .quieter && $0.kind != .fewer })
    }

    @Test func withLessThanTwoWeeksBeforeNothingIsSaid() {
        let insights = Insights([
            hours(days: 20) { day, hour in (day >= 13 ? ["dog_bark": 50] : [:], nil, 1) }
        ])
        #expect(insights.unusual.isEmpty && insights.firsts.isEmpty && insights.daysBefore == 13)
        #expect(Insights([]).unusual.isEmpty)
    }
}
