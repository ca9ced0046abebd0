import Foundation
import Platform
import Testing

@Suite("Zones of time")
struct ZoneTests {
    private func zone(_ name: String) throws -> Zone { try #require(Zone(name)) }

    private func reading(_ text: String, in name: String) throws -> ClockReading {
        ClockReading(of: try #require(TimeText(text)).wall, in: try zone(name))
    }

    private func utc(_ date: Date) -> String {
        let wall = Zone.utc.wallTime(at: date)
        return "\(wall.dateText) \(wall.timeText)"
    }

    @Test(arguments: [
        ("2026-01-15 12:00", "Europe/Berlin", "2026-01-15 11:00:00"),
        ("2026-07-15 12:00", "Europe/Berlin", "2026-07-15 10:00:00"),
        ("2026-07-15 12:00", "Asia/Kolkata", "2026-07-15 06:30:00"),
        ("2026-07-15 12:00", "Australia/Lord_Howe", "2026-07-15 01:30:00"),
        ("2026-01-15 12:00", "Australia/Lord_Howe", "2026-01-15 01:00:00"),
        ("2023-05-01 04:30", "+10:00", "2023-04-30 18:30:00"),
        ("2023-05-01 04:30", "UTC", "2023-05-01 04:30:00"),
        ("1965-05-01 04:30", "-02:30", "1965-05-01 07:00:00"),
    ])
    func aTimeOnTheWallIsOneMoment(text: String, zone: String, expected: String) throws {
        let reading = try reading(text, in: zone)
        #expect(reading.kind == .once)
        #expect(utc(reading.first) == expected)
        #expect(reading.last == reading.first)
    }

    @Test(arguments: [
        ("2026-10-25 02:30", "Europe/Berlin", "2026-10-25 00:30:00", "2026-10-25 01:30:00"),
        ("2026-11-01 01:00", "America/New_York", "2026-11-01 05:00:00", "2026-11-01 06:00:00"),
        ("2026-04-05 01:45", "Australia/Lord_Howe", "2026-04-04 14:45:00", "2026-04-04 15:15:00"),
    ])
    func aTimeThatClocksGoBackOverIsTwoMoments(
        text: String,
        zone: String,
        first: String,
        last: String
    ) throws {
        let reading = try reading(text, in: zone)
        #expect(reading.kind == .twice)
        #expect(utc(reading.first) == first)
        #expect(utc(reading.last) == last)
    }

    @Test(arguments: [
        ("2026-03-29 02:30", "Europe/Berlin", "2026-03-29 01:30:00"),
        ("2026-10-04 02:15", "Australia/Lord_Howe", "2026-10-03 15:45:00"),
        // A day that was left out when the date line moved.
        ("2011-12-30 12:00", "Pacific/Apia", "2011-12-30 22:00:00"),
    ])
    func aTimeThatClocksLeaveOutIsWhatItWouldHaveBeenWithoutTheChange(
        text: String,
        zone: String,
        expected: String
    ) throws {
        let reading = try reading(text, in: zone)
        #expect(reading.kind == .never)
        #expect(utc(reading.first) == expected)
    }

    @Test func whatIsTakenForAnUnusualTimeIsSaid() throws {
        let berlin = try zone("Europe/Berlin")
        let twice = try reading("2026-10-25 02:30", in: "Europe/Berlin")
        #expect(
            twice.remark(on: "02:30", taken: twice.first, in: berlin)?.hasPrefix(
                "'02:30' occurs twice because clocks go back. Using the first: "
                    + "2026-10-25 02:30:00 ("
            ) == true
        )
        let never = try reading("2026-03-29 02:30", in: "Europe/Berlin")
        #expect(
            never.remark(on: "02:30", taken: never.first, in: berlin)?.hasPrefix(
                "'02:30' does not exist because clocks go forward. Using 2026-03-29 03:30:00 ("
            ) == true
        )
        let once = try reading("2026-03-29 04:30", in: "Europe/Berlin")
        #expect(once.remark(on: "04:30", taken: once.first, in: berlin) == nil)
    }

    @Test(arguments: [
        ("UTC", 0), ("+10:00", 36_000), ("-0230", -9_000), ("+5", 18_000), ("UTC+5:30", 19_800),
    ])
    func aDistanceFromUTCIsAZone(text: String, seconds: Int) throws {
        #expect(try zone(text) == .fixed(secondsAhead: seconds))
    }

    @Test(arguments: [
        "", "Berlin", "Europe/Bärlin", "10:00", "+24:00", "+10:60", "+1:2", "CET-1CEST",
    ])
    func anythingElseIsNoZone(text: String) {
        #expect(Zone(text) == nil)
    }

    @Test(arguments: [
        ("2023-05-01T04:30:00+10:00", 36_000, 0), ("2023-05-01 04:30:00.5-0230", -9_000, 0.5),
        ("2023-05-01T04:30:00,25Z", 0, 0.25), ("2023-05-01 04:30 +05", 18_000, 0),
    ])
    func theZoneAndDecimalsOfATextAreRead(text: String, ahead: Int, fraction: Double) throws {
        let time = try #require(TimeText(text))
        #expect(time.secondsAhead == ahead)
        #expect(time.wall.fraction == fraction)
        #expect(time.wall.timeText == "04:30:00")
    }

    @Test func aLeapSecondIsTheNextMinute() throws {
        let time = try #require(TimeText("2016-12-31T23:59:60Z"))
        #expect(time.wall == TimeText("2017-01-01T00:00:00Z")?.wall)
    }

    @Test(arguments: [
        "2026-02-30 06:00", "2026-13-01 06:00", "2026-02-28 25:00", "2026-02-28 06:60",
        "2026-02-28", "06:00", "2026-02-28T06:00:61Z", "2026-02-28T24:30",
    ])
    func whatIsNoDateAndTimeIsNotRead(text: String) {
        #expect(TimeText(text) == nil)
    }
}
