import Foundation
import Messages
import Platform
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
    /// Half a minute past midnight in Berlin.
    private let now = Date(timeIntervalSince1970: 1_795_215_837)

    private func reading(
        _ text: String,
        as bound: MomentExpression.Bound = .since,
        in zone: String = "Europe/Berlin"
    ) throws -> MomentExpression.Reading {
        try MomentExpression.reading(
            text,
            as: bound,
            now: now,
            zone: try #require(Zone(zone))
        )
    }

    private func moment(
        _ text: String,
        as bound: MomentExpression.Bound = .since
    ) throws -> String {
        UTCTimestamp.text(try reading(text, as: bound).moment)
    }

    @Test(arguments: [
        ("now", 0.0), ("30s", -30), ("15m", -900), ("2h", -7_200), ("3d", -259_200),
        ("1w", -604_800), ("0s", 0), ("2026-11-20T23:00:00Z", -237),
    ])
    func durationsAreHowLongAgo(text: String, offset: Double) throws {
        #expect(try reading(text).moment == now + offset)
        #expect(try reading(text, as: .until).moment == now + offset)
    }

    @Test(arguments: [
        ("today", "2026-11-20T23:00:00.000Z", "2026-11-21T23:00:00.000Z"),
        ("yesterday", "2026-11-19T23:00:00.000Z", "2026-11-20T23:00:00.000Z"),
        ("2026-11-03", "2026-11-02T23:00:00.000Z", "2026-11-03T23:00:00.000Z"),
        // 25 and 23 hours long.
        ("2026-10-25", "2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"),
        ("2026-03-29", "2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"),
    ])
    func aDayBeginsARangeWithItsBeginningAndEndsOneWithItsEnd(
        text: String,
        beginning: String,
        end: String
    ) throws {
        #expect(try moment(text) == beginning)
        #expect(try moment(text, as: .until) == end)
    }

    @Test(arguments: [
        ("2026-11-03 06:00", "2026-11-03T05:00:00.000Z"),
        ("2026-07-03T06:00", "2026-07-03T04:00:00.000Z"),
        ("2026-11-03T06:00:30.5", "2026-11-03T05:00:30.500Z"),
        ("06:00", "2026-11-21T05:00:00.000Z"), ("00:00", "2026-11-20T23:00:00.000Z"),
        ("today 06:00", "2026-11-21T05:00:00.000Z"),
        ("yesterday 22:00", "2026-11-20T21:00:00.000Z"),
        ("yesterday 22:00:05", "2026-11-20T21:00:05.000Z"),
        ("2026-11-03 24:00", "2026-11-03T23:00:00.000Z"),
    ])
    func aTimeWithoutAZoneIsLocal(text: String, expected: String) throws {
        #expect(try moment(text) == expected)
        #expect(try moment(text, as: .until) == expected)
        #expect(try reading(text).remark == nil)
    }

    @Test(arguments: [
        ("2026-11-03 06:00Z", "2026-11-03T06:00:00.000Z"),
        ("2026-11-03 06:00+05:30", "2026-11-03T00:30:00.000Z"),
        ("2026-10-25T02:30:00+01:00", "2026-10-25T01:30:00.000Z"),
    ])
    func aZoneThatIsNamedCounts(text: String, expected: String) throws {
        #expect(try moment(text) == expected)
    }

    @Test func ofATimeThatComesTwiceARangeTakesTheWider() throws {
        let first = try reading("2026-10-25 02:30")
        let last = try reading("2026-10-25 02:30", as: .until)
        #expect(UTCTimestamp.text(first.moment) == "2026-10-25T00:30:00.000Z")
        #expect(UTCTimestamp.text(last.moment) == "2026-10-25T01:30:00.000Z")
        #expect(first.remark?.contains("Using the first: 2026-10-25 02:30:00") == true)
        #expect(last.remark?.contains("Using the second: 2026-10-25 02:30:00") == true)
    }

    @Test func aTimeThatClocksLeaveOutIsTakenAndSaid() throws {
        let reading = try reading("2026-03-29 02:30")
        #expect(UTCTimestamp.text(reading.moment) == "2026-03-29T01:30:00.000Z")
        #expect(reading.remark?.contains("Using 2026-03-29 03:30:00") == true)
    }

    @Test(arguments: [
        "", "soon", "-5m", "5", "m", "1.5h", "+3d", "99999999999d", "2026-11-20T", "6:00", "06:60",
        "25:00", "tomorrow 06:00", "yesterday  06:00", "06:00Z", "yesterday 06:00+01:00", "06",
        "2026-11-20 now", "20261120",
    ])
    func anythingElseSaysWhatIsAllowed(text: String) {
        #expect(throws: MomentExpression.Unreadable(text: text)) { try moment(text) }
        #expect(
            MomentExpression.Unreadable(text: text).description
                == "'\(text)' is not a time. Give '2026-11-29', "
                + "'2026-11-29 06:00', '06:00', 'yesterday 22:00', 'now', 'today', 'yesterday', "
                + "RFC 3339 (2026-11-20T23:00:00Z), or how long ago (30s, 15m, 2h, 3d, 1w)."
        )
    }

    @Test(arguments: ["2026-02-30", "2026-02-29 06:00", "2026-13-01T00:00:00Z", "2026-11-31"])
    func aDateThatDoesNotExistIsSaidToBeNone(text: String) {
        #expect(throws: MomentExpression.Unreadable(text: text)) { try moment(text) }
        let message = MomentExpression.Unreadable(text: text).description
        #expect(message.hasPrefix("'\(text)' is not a time: there is no such date. Give "))
    }
}
