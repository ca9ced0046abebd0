import EventStore
import Foundation
import Messages
import Monitor
import MonitorClient
import MonitorServer
import Testing

@Suite("Sound levels")
struct LevelRouteTests {
    /// The beginning of the minute that began so many minutes ago.
    private static func minute(_ minutesAgo: Double) -> Date {
        let minute = (Date().timeIntervalSince1970 / 60).rounded(.down) - minutesAgo
        return Date(timeIntervalSince1970: minute * 60)
    }

    private static func add(
        _ minutesAgo: Double,
        to monitor: RunningMonitor,
        calibration: Double? = nil
    ) throws {
        var levels = MeasuredLevels()
        levels.laeq = -40
        levels.lafMax = -25
        try monitor.store.append(
            LevelMinute(
                sourceID: monitor.source,
                minute: minute(minutesAgo),
                measuredSeconds: 45,
                sampleRateHz: 48_000,
                calibrationDB: calibration,
                levels: levels,
                clippedSamples: 0
            )
        )
    }

    @Test func minutesComeOldestFirstWithWhatWasMeasuredOfTheTime() async throws {
        try await withMonitor { monitor in
            for minutesAgo in [20.0, 10, 9, 8] { try Self.add(minutesAgo, to: monitor) }
            let list = try await monitor.client.levels(
                since: Self.minute(10),
                until: Self.minute(5),
                source: "porch",
                limit: 2
            )
            #expect(list.levels.map(\.minute) == [Self.minute(9), Self.minute(8)])
            #expect(list.levels.map(\.unit) == [.fullScale, .fullScale])
            #expect(list.levels.map(\.laeq) == [-40, -40])
            // The limit is not one of the summary.
            #expect(list.summary.map(\.measuredSeconds) == [135])
            #expect(list.summary.map(\.askedSeconds) == [300])
            #expect(list.summary.map(\.measuredPercent) == [45])
        }
    }

    @Test func calibratedMinutesAreSoundPressureLevels() async throws {
        try await withMonitor { monitor in
            try Self.add(2, to: monitor, calibration: 125.2)
            let answer = await monitor.raw(request("GET /v1/levels?since=10m"))
            #expect(answer.status == 200)
            #expect(answer.body.contains(#""unit":"dB SPL","laeq":85.2,"#))
            #expect(answer.body.contains(#""calibration_db":125.2"#))
        }
    }

    @Test(arguments: [
        (
            "?class=rain",
            "unknown_key: Unknown key 'class' in the query; since, until, source, limit are "
                + "allowed."
        ),
        ("?limit=100001", "invalid_value: limit: '100001' is not a whole number from 0 to 100000."),
        ("?source=attic", "invalid_value: source: there is no source 'attic'; there is porch."),
        (
            "?since=1h&until=2020-01-01T00:00:00Z",
            "is later than until (2020-01-01T00:00:00.000Z)."
        ),
    ])
    func aBadQuerySaysWhatIsAllowed(query: String, expected: String) async throws {
        try await withMonitor { monitor in
            let answer = await monitor.raw(request("GET /v1/levels" + query))
            #expect(answer.status == 400)
            #expect(answer.apiError.hasSuffix(expected))
        }
    }
}
