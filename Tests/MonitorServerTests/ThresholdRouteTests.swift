import EventStore
import Foundation
import Messages
import Monitor
import MonitorClient
import MonitorServer
import Testing

@Suite("Routes of thresholds")
struct ThresholdRouteTests {
    @Test func thresholdsAreListedSetAndReset() async throws {
        try await withMonitor { monitor in
            let client = monitor.client
            #expect(
                try await client.thresholds().map(\.className) == ["dog_bark", "rain", "speech"]
            )
            let set = try await client.setThreshold("rain", to: ThresholdChange(on: 0.6))
            #expect(set.on == 0.6 && set.off == 0.3 && set.origin == "overrides.yaml:1")
            let one = try await client.get("/v1/thresholds/rain", as: ThresholdMessage.self)
            #expect(one == set)
            #expect(try await client.resetThreshold("rain").on == 0.8)
            _ = try await client.setThreshold("rain", to: ThresholdChange(on: 0.6))
            #expect(try await client.resetThresholds().map(\.on) == [0.8, 0.8, 0.8])
        }
    }

    @Test func aClassIsSwitchedOffAndOnAndItsThresholdStaysAsItIs() async throws {
        try await withMonitor { monitor in
            let client = monitor.client
            let off = try await client.setThreshold("rain", to: ThresholdChange(isReported: false))
            #expect(!off.isReported && off.isSwitched && off.on == 0.8)
            let line = "PUT /v1/thresholds/rain"
            let answer = await monitor.raw(request(line, json: #"{"on":0.5,"reported":true}"#))
            #expect(answer.body.contains(#""on":0.5,"off":0.25,"reported":true,"#))
            #expect(answer.body.contains(#""switchable":true,"switched":true}"#))
        }
    }

    @Test func whatCannotBeTriedIsRefusedInALine() async throws {
        try await withMonitor { monitor in
            for (query, code, words) in [
                ("?on=1.5", 400, "on: '1.5' is not a number from 0.0 to 1.0."),
                ("?on=0.2&off=0.5", 400, "'off' is 0.5, above 'on', which is 0.2."),
                ("?since=1h&until=2h", 400, ") is later than until ("),
                ("?source=attic", 400, "attic"),
            ] {
                let answer = await monitor.raw(request("GET /v1/thresholds/rain/try\(query)"))
                #expect(answer.status == code, "\(query): \(answer.apiError)")
                #expect(answer.apiError.contains(words), "\(query): \(answer.apiError)")
            }
            let answer = await monitor.raw(request("GET /v1/thresholds/barking/try"))
            #expect(answer.status == 404)
        }
    }

    @Test func aClassOfSeveralModelsNeedsTheModelsName() async throws {
        try await withMonitor { monitor in
            await monitor.thresholds.addSecondModel()
            let refusal =
                "ambiguous_class: Several models have the class 'rain': test, weather. "
                + "Choose one with --model (?model= in a request)."
            for method in ["GET", "DELETE"] {
                let answer = await monitor.raw(request("\(method) /v1/thresholds/rain"))
                #expect(answer.status == 409)
                #expect(answer.apiError == refusal)
            }
            let client = monitor.client
            let change = ThresholdChange(on: 0.6)
            let set = try await client.setThreshold("rain", of: "weather", to: change)
            #expect(set.model == "weather" && set.on == 0.6)
            let list = try await client.thresholds().filter { $0.className == "rain" }
            #expect(list.map(\.model) == ["test", "weather"])
            #expect(list.map(\.on) == [0.8, 0.6])
            let one = try await client.get(
                "/v1/thresholds?model=weather",
                as: ThresholdListMessage.self
            )
            #expect(one.thresholds == [set])
            let unknown = await monitor.raw(request("GET /v1/thresholds?model=owls"))
            #expect(
                unknown.apiError
                    == "invalid_value: No model 'owls' is in use; in use: test, weather."
            )
        }
    }

    @Test(arguments: [
        (
            "GET /v1/thresholds/cat", "", 404,
            "unknown_class: The model has no class 'cat'; its classes: "
                + "dog_bark, rain, speech."
        ),
        (
            "PUT /v1/thresholds/cat", #"{"on":0.5}"#, 404,
            "unknown_class: The model has no class "
                + "'cat'; its classes: dog_bark, rain, speech."
        ),
        (
            "DELETE /v1/thresholds/cat", "", 404,
            "unknown_class: The model has no class 'cat'; its "
                + "classes: dog_bark, rain, speech."
        ),
        (
            "PUT /v1/thresholds/rain", "{}", 400,
            "invalid_value: 'on' is missing; give a number from 0 to 1, or 'reported', true or false."
        ),
        (
            "PUT /v1/thresholds/rain", #"{"reported":"no"}"#, 400,
            "invalid_value: reported: 'no' is neither true nor false."
        ),
        (
            "PUT /v1/thresholds/cat", #"{"reported":false}"#, 404,
            "unknown_class: The model has no class "
                + "'cat'; its classes: dog_bark, rain, speech."
        ),
        (
            "PUT /v1/thresholds/rain", #"{"on":1.5}"#, 400,
            "invalid_value: on: '1.5' is not a number from 0.0 to 1.0."
        ),
        (
            "PUT /v1/thresholds/rain", #"{"on":"0.5"}"#, 400,
            "invalid_value: on: '0.5' is not a number from 0.0 to 1.0."
        ),
        (
            "PUT /v1/thresholds/rain", #"{"on":true}"#, 400,
            "invalid_value: on: 'true' is not a number from 0.0 to 1.0."
        ),
        (
            "PUT /v1/thresholds/rain", #"{"on":0.5,"off":0.7}"#, 400,
            "unknown_key: Unknown key 'off' in the body; allowed: on, reported."
        ),
        (
            "PUT /v1/thresholds/rain", #"{"on":0.123}"#, 500,
            "failed: Cannot write 'overrides.yaml'. Free some space."
        ),
    ])
    func aBadThresholdIsRefused(
        line: String,
        json: String,
        status: Int,
        expected: String
    ) async throws {
        try await withMonitor { monitor in
            let text = json.isEmpty ? request(line) : request(line, json: json)
            let answer = await monitor.raw(text)
            #expect(answer.status == status)
            #expect(answer.apiError == expected)
        }
    }
}

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
        let level = LevelMinute(
            minute: minute(minutesAgo),
            measuredSeconds: 45,
            sampleRateHz: 48_000,
            calibrationDB: calibration,
            levels: levels,
            clippedSamples: 0
        )
        try monitor.write([], [.levels(source: "porch", level)])
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
            "unknown_key: Unknown key 'class' in the query; allowed: since, until, source, limit, by, time_zone."
        ),
        ("?limit=100001", "invalid_value: limit: '100001' is not a whole number from 0 to 100000."),
        ("?source=attic", "invalid_value: source: unknown source 'attic'; known: porch."),
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
