import EventStore
import Foundation
import Messages
import Monitor
import MonitorClient
import MonitorServer
import Testing

@Suite("Routes by hour, day, week and month")
struct BinRouteTests {
    private typealias Counts = BinListMessage<CountMessage>

    private func add(
        to monitor: RunningMonitor,
        _ times: String...,
        class className: String = "dog_bark"
    ) throws {
        for (index, text) in times.enumerated() {
            let start = try #require(UTCTimestamp.moment(text))
            let event = EventRecord(
                id: try monitor.store.lastEventID() + 1,
                source: "porch",
                model: "test 1 d",
                className: className,
                start: start,
                end: start + 1,
                peakScore: 0.5 + Float(index) / 8,
                meanScore: 0.5,
                levelDBFS: -20
            )
            try monitor.write([.ended(event)])
        }
    }

    private func counts(_ query: String, _ monitor: RunningMonitor) async throws -> Counts {
        try await monitor.client.get("/v1/counts?\(query)", as: Counts.self)
    }

    @Test func eventsAreCountedByTheHoursOfTheZone() async throws {
        try await withMonitor { monitor in
            try add(to: monitor, "2026-03-28T22:59:59Z", "2026-03-28T23:00:00Z")
            try add(to: monitor, "2026-03-28T23:30:00Z", class: "rain")
            let list = try await counts(
                "since=2026-03-28T22:30:00Z&until=2026-03-29T00:00:00Z&by=hour&time_zone=Europe/Berlin",
                monitor
            )
            #expect(list.by == "hour" && list.timeZone == "Europe/Berlin")
            #expect(UTCTimestamp.text(list.from) == "2026-03-28T22:00:00.000Z")
            #expect(UTCTimestamp.text(list.to) == "2026-03-29T00:00:00.000Z")
            #expect(list.bins.map(\.className) == ["dog_bark", "dog_bark", "rain"])
            #expect(list.bins.map(\.count) == [1, 1, 1])
            #expect(list.bins.map(\.peakScore) == [0.5, 0.625, 0.5])
        }
    }

    /// Midnight of Berlin is 23:00 UTC in winter and 22:00 in summer.
    @Test func daysBeginAtMidnightOfTheZoneAlsoWhereClocksChange() async throws {
        try await withMonitor { monitor in
            try add(
                to: monitor,
                "2026-03-28T22:59:59Z",
                "2026-03-28T23:00:00Z",
                "2026-03-29T21:59:59Z",
                "2026-03-29T22:00:00Z"
            )
            let list = try await counts(
                "since=2026-03-28T12:00:00Z&until=2026-03-30T12:00:00Z&by=day&time_zone=Europe/Berlin",
                monitor
            )
            #expect(
                list.bins.map { UTCTimestamp.text($0.start) } == [
                    "2026-03-27T23:00:00.000Z", "2026-03-28T23:00:00.000Z",
                    "2026-03-29T22:00:00.000Z",
                ]
            )
            #expect(list.bins.map(\.count) == [1, 2, 1])
        }
    }

    @Test(arguments: [
        // 2026-11-15 is a Sunday.
        ("week", "2026-11-09T00:00:00.000Z", "2026-11-23T00:00:00.000Z", [2, 1]),
        ("month", "2026-11-01T00:00:00.000Z", "2026-12-01T00:00:00.000Z", [3]),
    ])
    func weeksBeginOnMondayAndMonthsOnTheFirst(
        by: String,
        from: String,
        to: String,
        expected: [Int]
    ) async throws {
        try await withMonitor { monitor in
            try add(
                to: monitor,
                "2026-11-09T00:00:00Z",
                "2026-11-15T23:59:59Z",
                "2026-11-16T00:00:00Z"
            )
            let list = try await counts(
                "since=2026-11-12T00:00:00Z&until=2026-11-18T00:00:00Z&by=\(by)&time_zone=UTC",
                monitor
            )
            #expect(UTCTimestamp.text(list.from) == from && UTCTimestamp.text(list.to) == to)
            #expect(list.bins.map(\.count) == expected)
        }
    }

    @Test func falseAlarmsDoNotCountUnlessAskedFor() async throws {
        try await withMonitor { monitor in
            try monitor.addEvent(secondsAgo: 10)
            let id = try monitor.addEvent(secondsAgo: 10)
            try monitor.store.setLabel(id, to: EventLabel(className: nil, labelledAt: Date()))
            let right = try await counts("by=month", monitor)
            #expect(right.bins.map(\.count).reduce(0, +) == 1)
            let all = try await counts("by=month&hide_wrong=false", monitor)
            #expect(all.bins.map(\.count).reduce(0, +) == 2)
        }
    }

    @Test func countsAreGivenForClassesAndASource() async throws {
        try await withMonitor { monitor in
            try monitor.addEvent(class: 0, secondsAgo: 10)
            try monitor.addEvent(class: 1, secondsAgo: 10)
            try monitor.addEvent(class: 2, secondsAgo: 10)
            let list = try await counts("by=month&class=rain&class=speech&source=porch", monitor)
            #expect(list.bins.map(\.className) == ["rain", "speech"])
            let today = try await counts("by=day", monitor)
            #expect(today.bins.map(\.count).reduce(0, +) == 3)
        }
    }

    @Test(arguments: [
        ("", "invalid_value: 'by' is missing; give hour, day, week or month."),
        ("?by=year", "invalid_value: by: 'year' is not one of hour, day, week, month."),
        (
            "?by=day&time_zone=Mars/Olympus",
            "invalid_value: time_zone: unknown zone 'Mars/Olympus'. Give a name such as "
                + "'Europe/Berlin', 'UTC', or an offset such as '+01:00'."
        ),
        (
            "?by=hour&since=2020-01-01&until=2026-01-01",
            "invalid_value: since: more than 8800 bins by hour; "
                + "ask for a shorter time or longer bins."
        ),
        (
            "?by=hour&since=2020-01-02T00:00:00Z&until=2020-01-01T00:00:00Z",
            "invalid_value: since (2020-01-02T00:00:00.000Z) is later than until "
                + "(2020-01-01T00:00:00.000Z)."
        ),
        (
            "?by=day&class=cat",
            "invalid_value: class: unknown class 'cat'; known: dog_bark, rain, speech."
        ),
        ("?by=day&source=attic", "invalid_value: source: unknown source 'attic'; known: porch."),
        (
            "?by=day&min_score=1",
            "unknown_key: Unknown key 'min_score' in the query; allowed: since, until, by, class, "
                + "source, hide_wrong, time_zone."
        ),
    ])
    func aBadQuerySaysWhichValueAndWhatIsAllowed(query: String, expected: String) async throws {
        try await withMonitor { monitor in
            let answer = await monitor.raw(request("GET /v1/counts" + query))
            #expect(answer.status == 400)
            #expect(answer.apiError == expected)
        }
    }

    @Test func coverageByTheHourSaysHowMuchOfEachWasListenedTo() async throws {
        try await withMonitor { monitor in
            let hour = try #require(UTCTimestamp.moment("2026-11-20T10:00:00Z"))
            let heard = CoverageStretch(state: .gated, start: hour + 1_800, end: hour + 5_400)
            try monitor.write([.covered(source: "porch", heard)])
            let list = try await monitor.client.get(
                "/v1/coverage?since=2026-11-20T10:00:00Z&until=2026-11-20T13:00:00Z&by=hour&time_zone=UTC",
                as: BinListMessage<CoverageBinMessage>.self
            )
            #expect(list.bins.map(\.listenedPercent) == [50, 50, 0])
            #expect(list.bins.map(\.askedSeconds) == [3_600, 3_600, 3_600])
            let week = await monitor.raw(request("GET /v1/coverage?by=week"))
            #expect(week.apiError == "invalid_value: by: 'week' is not one of minute, hour, day.")
            let zone = await monitor.raw(request("GET /v1/coverage?time_zone=UTC"))
            #expect(
                zone.apiError == "invalid_value: time_zone: give 'by' too, which it is for."
            )
        }
    }

    @Test func coverageByTheMinuteSaysWhichMinutesWereMissed() async throws {
        try await withMonitor { monitor in
            let hour = try #require(UTCTimestamp.moment("2026-11-20T10:00:00Z"))
            let heard = CoverageStretch(state: .listening, start: hour + 60, end: hour + 150)
            try monitor.write([.covered(source: "porch", heard)])
            let list = try await monitor.client.get(
                "/v1/coverage?since=2026-11-20T10:00:20Z&until=2026-11-20T10:04:00Z&by=minute"
                    + "&time_zone=Asia/Kathmandu",
                as: BinListMessage<CoverageBinMessage>.self
            )
            #expect(list.by == "minute" && list.from == hour && list.to == hour + 240)
            #expect(list.bins.map(\.listenedPercent) == [0, 100, 50, 0])
            #expect(list.bins.map(\.askedSeconds) == [60, 60, 60, 60])
        }
    }

    /// What is still to come was not missed.
    @Test func thePresentHourIsAskedForUpToNow() async throws {
        try await withMonitor { monitor in
            let now = Date()
            let heard = CoverageStretch(state: .listening, start: now - 7_200, end: now)
            try monitor.write([.covered(source: "porch", heard)])
            let list = try await monitor.client.get(
                "/v1/coverage?since=30m&by=hour&time_zone=UTC",
                as: BinListMessage<CoverageBinMessage>.self
            )
            let last = try #require(list.bins.last)
            #expect(last.askedSeconds <= 3_600)
            #expect((last.listenedPercent ?? 100) > 95 || last.askedSeconds < 10)
        }
    }

    @Test func levelsByTheHourHaveTheUnitOfTheSource() async throws {
        try await withMonitor { monitor in
            let hour = try #require(UTCTimestamp.moment("2026-11-20T10:00:00Z"))
            var levels = MeasuredLevels()
            levels.laeq = -80
            let minute = LevelMinute(
                minute: hour,
                measuredSeconds: 60,
                sampleRateHz: 48_000,
                calibrationDB: 120,
                levels: levels,
                clippedSamples: 0
            )
            try monitor.write([], [.levels(source: "porch", minute)])
            let list = try await monitor.client.get(
                "/v1/levels?since=2026-11-20T00:00:00Z&until=2026-11-21T00:00:00Z&by=day&time_zone=UTC",
                as: BinListMessage<LevelBinMessage>.self
            )
            #expect(list.bins.map(\.laeq) == [40])
            #expect(list.bins.map(\.unit) == [.soundPressure])
            #expect(list.bins.map(\.measuredSeconds) == [60])
        }
    }
}
