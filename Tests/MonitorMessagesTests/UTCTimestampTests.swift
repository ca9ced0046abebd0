import Foundation
import MonitorMessages
import Testing

@Suite("Moments as text")
struct UTCTimestampTests {
    @Test(arguments: [
        (0.0, "1970-01-01T00:00:00.000Z"), (-0.001, "1969-12-31T23:59:59.999Z"),
        (951_782_400, "2000-02-29T00:00:00.000Z"), (1_795_215_837.12, "2026-11-20T23:03:57.120Z"),
        (4_107_542_399.9996, "2100-03-01T00:00:00.000Z"),
        (-2_208_988_800, "1900-01-01T00:00:00.000Z"),
    ])
    func momentsAreWrittenInUTCWithMilliseconds(seconds: Double, expected: String) {
        #expect(UTCTimestamp.text(Date(timeIntervalSince1970: seconds)) == expected)
    }

    @Test(arguments: [
        ("2026-11-20T23:03:57.120Z", 1_795_215_837.12), ("2026-11-20T23:03:57Z", 1_795_215_837),
        ("2026-11-21T00:03:57+01:00", 1_795_215_837), ("2026-11-20T18:33:57-04:30", 1_795_215_837),
        ("2026-11-20 23:03:57z", 1_795_215_837), ("2024-02-29T00:00:00Z", 1_709_164_800),
    ])
    func momentsAreReadWithAnyOffset(text: String, expected: Double) {
        #expect(UTCTimestamp.moment(text)?.timeIntervalSince1970 == expected)
    }

    @Test(arguments: [
        "", "2026-11-20", "2026-11-20T23:03:57", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z",
        "2026-11-20T24:00:00Z", "2026-11-20T23:60:00Z", "2026-11-20T23:03:57+25:00", " now",
        "2026-11-20T23:03:57.1234567890Z", "２０２６-11-20T23:03:57Z", "1795215837",
    ])
    func anythingElseIsRefused(text: String) {
        #expect(UTCTimestamp.moment(text) == nil)
    }

    @Test func everyMillisecondOfTheYearsComesBack() {
        for step in 0..<2_000 {
            let seconds = Double(step) * 1_234_567.891
            let text = UTCTimestamp.text(Date(timeIntervalSince1970: seconds))
            let back = UTCTimestamp.moment(text)?.timeIntervalSince1970 ?? .nan
            #expect(abs(back - seconds) < 0.0006, "\(text)")
        }
    }
}

@Suite("Moments as users write them")
struct MomentExpressionTests {
    private let now = Date(timeIntervalSince1970: 1_795_215_837)

    private func moment(_ text: String) throws -> Date {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "Europe/Berlin"))
        return try MomentExpression.moment(text, now: now, calendar: calendar)
    }

    @Test(arguments: [
        ("now", 0.0), ("30s", -30), ("15m", -900), ("2h", -7_200), ("3d", -259_200),
        ("1w", -604_800), ("0s", 0), ("2026-11-20T23:00:00Z", -237),
    ])
    func durationsAreHowLongAgo(text: String, offset: Double) throws {
        #expect(try moment(text) == now + offset)
    }

    @Test func todayAndYesterdayBeginAtLocalMidnight() throws {
        #expect(try moment("today") == UTCTimestamp.moment("2026-11-20T23:00:00Z"))
        #expect(try moment("yesterday") == UTCTimestamp.moment("2026-11-19T23:00:00Z"))
    }

    @Test(arguments: ["", "soon", "-5m", "5", "m", "1.5h", "+3d", "99999999999d", "2026-11-20"])
    func anythingElseSaysWhatIsAllowed(text: String) {
        #expect(throws: MomentExpression.Unreadable(text: text)) { try moment(text) }
        #expect(
            MomentExpression.Unreadable(text: text).description
                == "'\(text)' is not a time. Give RFC 3339 with an offset "
                + "(2026-11-20T23:00:00Z), 'now', 'today', 'yesterday', or how long ago "
                + "(30s, 15m, 2h, 3d, 1w)."
        )
    }
}
