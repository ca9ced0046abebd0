import EventStore
import Foundation
import MonitorAPI
import MonitorMessages
import Testing

@Suite("Routes")
struct RouteTests {
    @Test func healthIsOK() async throws {
        try await withMonitor { monitor in
            let answer = await monitor.raw(request("GET /healthz"))
            #expect(answer.status == 200)
            #expect(answer.body == "{\"status\":\"ok\"}\n")
            #expect(answer.contains("application/json; charset=utf-8"))
            #expect(answer.contains("nosniff"))
            #expect(answer.contains("default-src 'none'; frame-ancestors 'none'"))
        }
    }

    @Test func statusIsWhatThePipelineSays() async throws {
        try await withMonitor { monitor in
            let status = try await monitor.client.status()
            #expect(status == madeUpStatus)
        }
    }

    @Test func eventsComeOldestFirstWithTheCoverageOfTheTime() async throws {
        try await withMonitor { monitor in
            let ids = try [30.0, 20, 10].map { try monitor.addEvent(secondsAgo: $0) }
            try monitor.addEvent(secondsAgo: 5, ended: false)
            let now = Date()
            try monitor.store.record(
                CoverageSpan(
                    sourceID: monitor.source,
                    state: .listening,
                    start: now - 100,
                    end: now - 25
                )
            )
            let list = try await monitor.client.events(since: now - 125)
            #expect(list.events.map(\.id) == ids)
            #expect(abs((list.coverage.total.listenedPercent ?? 0) - 60) < 1)
            #expect(list.coverage.sources.map(\.source) == ["porch"])
            let newest = await monitor.raw(request("GET /v1/events?order=newest&limit=2"))
            let order = newest.body.components(separatedBy: "{\"id\":").dropFirst().map {
                Int64($0.prefix { $0.isNumber })
            }
            #expect(order == [ids[2], ids[1]])
            #expect(try await monitor.client.events(limit: 2).events.map(\.id) == [ids[1], ids[2]])
            #expect(try await monitor.client.events(limit: 0).events.isEmpty)
        }
    }

    @Test func everyFilterNarrowsTheEvents() async throws {
        try await withMonitor { monitor in
            let bark = try monitor.addEvent(class: 0, secondsAgo: 7_300, peak: 0.5)
            let rain = try monitor.addEvent(class: 1, secondsAgo: 3_700, peak: 0.75)
            let speech = try monitor.addEvent(class: 2, secondsAgo: 60, peak: 1)
            let client = monitor.client
            #expect(
                try await client.events(classes: ["rain", "speech"]).events.map(\.id)
                    == [rain, speech]
            )
            #expect(try await client.events(minScore: 0.75).events.map(\.id) == [rain, speech])
            #expect(try await client.events(source: "porch").events.count == 3)
            #expect(try await client.events(model: "test").events.count == 3)
            let until = Date(timeIntervalSinceNow: -3_600)
            #expect(try await client.events(until: until).events.map(\.id) == [bark, rain])
            let answer = await monitor.raw(request("GET /v1/events?since=2h&until=30m&class=rain"))
            #expect(answer.body.contains("{\"id\":\(rain),"))
            #expect(!answer.body.contains("{\"id\":\(bark),"))
            let offset = await monitor.raw(
                request("GET /v1/events?since=2020-01-01T00:00:00+01:00")
            )
            #expect(offset.status == 200)
        }
    }

    @Test(arguments: [
        (
            "?sinse=2h",
            "unknown_key: Unknown key 'sinse' in the query; since, until, class, source, "
                + "model, min_score, limit, order are allowed."
        ),
        (
            "?since=soon",
            "invalid_value: since: 'soon' is not a time. Give RFC 3339 with an offset "
                + "(2026-11-20T23:00:00Z), 'now', 'today', 'yesterday', or how long ago "
                + "(30s, 15m, 2h, 3d, 1w)."
        ),
        ("?min_score=2", "invalid_value: min_score: '2' is not a number from 0.0 to 1.0."),
        ("?min_score=nan", "invalid_value: min_score: 'nan' is not a number from 0.0 to 1.0."),
        ("?limit=-1", "invalid_value: limit: '-1' is not a whole number from 0 to 10000."),
        ("?limit=", "invalid_value: limit: '' is not a whole number from 0 to 10000."),
        (
            "?limit=99999999999999999999",
            "invalid_value: limit: '99999999999999999999' is not a whole number from 0 to 10000."
        ),
        ("?limit=1&limit=2", "invalid_value: 'limit' is given 2 times; give it once."),
        ("?order=up", "invalid_value: order: 'up' is none of oldest, newest."),
        (
            "?class=cat",
            "invalid_value: class: there is no class 'cat'; there is dog_bark, rain, "
                + "speech."
        ),
        ("?source=attic", "invalid_value: source: there is no source 'attic'; there is porch."),
        ("?model=owls", "invalid_value: model: there is no model 'owls'; there is test."),
        ("?class=%zz", "invalid_value: 'class=%zz' in the query is not percent-encoded UTF-8."),
        ("?class=%ff", "invalid_value: 'class=%ff' in the query is not percent-encoded UTF-8."),
        (
            "?since=2020-01-02T00:00:00Z&until=2020-01-01T00:00:00Z",
            "invalid_value: since (2020-01-02T00:00:00.000Z) is later than until "
                + "(2020-01-01T00:00:00.000Z)."
        ),
        (
            "?class='%3BDROP%20TABLE%20event%3B--",
            "invalid_value: class: there is no class '';DROP TABLE event;--'; there is dog_bark, "
                + "rain, speech."
        ),
    ])
    func aBadQuerySaysWhichValueAndWhatIsAllowed(query: String, expected: String) async throws {
        try await withMonitor { monitor in
            let answer = await monitor.raw(request("GET /v1/events" + query))
            #expect(answer.status == 400)
            #expect(answer.apiError == expected)
        }
    }

    @Test func anEventIsFoundByItsNumber() async throws {
        try await withMonitor { monitor in
            let id = try monitor.addEvent(secondsAgo: 10)
            let event = try await monitor.client.get("/v1/events/\(id)", as: EventMessage.self)
            #expect(event.id == id && event.className == "dog_bark" && event.source == "porch")
            let missing = await monitor.raw(request("GET /v1/events/99"))
            #expect(missing.status == 404)
            #expect(missing.apiError == "no_such_event: There is no event 99.")
            for bad in ["x", "0", "-1", "1.5", "99999999999999999999"] {
                let answer = await monitor.raw(request("GET /v1/events/\(bad)"))
                #expect(answer.status == 400)
                #expect(
                    answer.apiError
                        == "invalid_value: '\(bad)' is not the number of an event."
                )
            }
        }
    }

    @Test func aLabelIsKept() async throws {
        try await withMonitor { monitor in
            let id = try monitor.addEvent(secondsAgo: 10)
            let fox = try await monitor.client.label(event: id, className: "fox", note: "the yard")
            #expect(fox.userLabel?.className == "fox" && fox.userLabel?.note == "the yard")
            let alarm = try await monitor.client.label(event: id, className: nil)
            #expect(alarm.userLabel != nil && alarm.userLabel?.className == nil)
            #expect(try monitor.store.event(id)?.userLabel?.note == nil)
            let missing = await monitor.raw(
                request("POST /v1/events/99/label", json: #"{"class":"fox"}"#)
            )
            #expect(missing.apiError == "no_such_event: There is no event 99.")
        }
    }

    @Test(arguments: [
        (
            #"{"note":"x"}"#,
            "invalid_value: 'class' is missing; give the name of what it was, or "
                + "null for a false alarm."
        ),
        (#"{"class":7}"#, "invalid_value: class: '7.0' is not a text of 1 to 200 characters."),
        (#"{"class":""}"#, "invalid_value: class: '' is not a text of 1 to 200 characters."),
        (
            #"{"class":null,"colour":1}"#,
            "unknown_key: Unknown key 'colour' in the body; allowed: class, note."
        ),
        (#"["fox"]"#, "invalid_json: The body is not a JSON object."),
        (#"{"class":"#, "invalid_json: The body is not a JSON object."),
        ("", "invalid_json: The body is not a JSON object."),
    ])
    func aBadLabelIsRefused(json: String, expected: String) async throws {
        try await withMonitor { monitor in
            let id = try monitor.addEvent(secondsAgo: 10)
            let answer = await monitor.raw(request("POST /v1/events/\(id)/label", json: json))
            #expect(answer.status == 400)
            #expect(answer.apiError == expected)
            #expect(try monitor.store.event(id)?.userLabel == nil)
        }
    }

    @Test func coverageIsGivenForATimeAndASource() async throws {
        try await withMonitor { monitor in
            let now = Date()
            try monitor.store.record([
                CoverageSpan(
                    sourceID: monitor.source,
                    state: .listening,
                    start: now - 3_600,
                    end: now - 1_800
                ),
                CoverageSpan(
                    sourceID: monitor.source,
                    state: .lost,
                    start: now - 1_800,
                    end: now - 1_799,
                    lostSamples: 16_000
                ),
            ])
            let message = try await monitor.client.get(
                "/v1/coverage",
                query: [.init("since", "1h"), .init("source", "porch")],
                as: CoverageMessage.self
            )
            #expect(abs(message.total.listeningSeconds - 1_800) < 5)
            #expect(message.total.lostSamples == 16_000)
            let future = await monitor.raw(request("GET /v1/coverage?until=2099-01-01T00:00:00Z"))
            #expect(future.status == 200)
            let bad = await monitor.raw(request("GET /v1/coverage?source=attic"))
            #expect(bad.status == 400)
        }
    }

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

    @Test func aClassOfSeveralModelsNeedsTheModelsName() async throws {
        try await withMonitor { monitor in
            await monitor.thresholds.addSecondModel()
            let refusal =
                "ambiguous_class: The class 'rain' is in several models, test, weather; name the "
                + "one that is meant (--model, or ?model= in a request)."
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
                    == "invalid_value: No model 'owls' is in use; there is test, weather."
            )
        }
    }

    @Test(arguments: [
        (
            "GET /v1/thresholds/cat", "", 404,
            "unknown_class: The model has no class 'cat'; it knows "
                + "dog_bark, rain, speech."
        ),
        (
            "PUT /v1/thresholds/cat", #"{"on":0.5}"#, 404,
            "unknown_class: The model has no class "
                + "'cat'; it knows dog_bark, rain, speech."
        ),
        (
            "DELETE /v1/thresholds/cat", "", 404,
            "unknown_class: The model has no class 'cat'; it "
                + "knows dog_bark, rain, speech."
        ),
        (
            "PUT /v1/thresholds/rain", "{}", 400,
            "invalid_value: 'on' is missing; give a number from 0 to 1."
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
            "unknown_key: Unknown key 'off' in the body; allowed: on."
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

    @Test func reloadSaysWhatHasChanged() async throws {
        try await withMonitor { monitor in
            let message = try await monitor.client.reload()
            #expect(message.applied == ["gate.open_dbfs"])
            #expect(message.needsRestart == ["sources"])
        }
    }

    @Test func metricsAreWhatPrometheusReads() async throws {
        let own = MetricFamily(
            name: "earwitness_hops_total",
            help: "Hops.",
            kind: .counter,
            samples: [.init(value: 5)]
        )
        try await withMonitor(metrics: [own]) { monitor in
            let answer = await monitor.raw(request("GET /metrics"))
            #expect(answer.contains("text/plain; version=0.0.4"))
            let lines = answer.body.split(separator: "\n").map(String.init)
            #expect(lines.contains("earwitness_uptime_seconds 42"))
            #expect(lines.contains("earwitness_lost_samples_total{source=\"porch\"} 7"))
            #expect(lines.contains("earwitness_level_dbfs{source=\"porch\"} -40"))
            for line in [
                "earwitness_sound_level_db{source=\"porch\",measure=\"LAF\",unit=\"dBFS\"} -45.5",
                "earwitness_minute_level_db{source=\"porch\",measure=\"LAeq\",unit=\"dBFS\"} -50",
                "earwitness_peak_dbfs{source=\"porch\"} -20",
            ] {
                #expect(lines.contains { $0 == line }, "\(line)")
            }
            #expect(
                lines.contains(
                    "earwitness_source_state{source=\"porch\",state=\"listening\"} 1"
                )
            )
            #expect(lines.contains("earwitness_hops_total 5"))
            let sample = /[a-z_]+(\{([a-z_]+="[^"]*",?)+\})? -?[0-9.e+-]+/
            for line in lines where !line.hasPrefix("#") {
                #expect(line.wholeMatch(of: sample) != nil, "\(line)")
            }
        }
    }

    @Test func whatDoesNotExistIsSaidToBeMissing() async throws {
        try await withMonitor { monitor in
            let missing = await monitor.raw(request("GET /v1/evnets"))
            #expect(missing.status == 404)
            #expect(
                missing.apiError
                    == "no_such_route: There is nothing at '/v1/evnets'. docs/http-api.md lists "
                    + "what there is."
            )
            let method = await monitor.raw(request("PATCH /v1/thresholds/rain"))
            #expect(method.status == 405)
            #expect(
                method.apiError
                    == "method_not_allowed: PATCH is not possible for '/v1/thresholds/rain'; "
                    + "allowed is GET, PUT, DELETE."
            )
            #expect(method.lowercased().contains("allow: get, put, delete"))
            for route in ["/v1/status", "/metrics", "/healthz", "/v1/thresholds"] {
                #expect(await monitor.raw(request("GET \(route)?x=1")).status == 400)
            }
        }
    }

    @Test func aStoreThatCannotBeReadIsUnavailable() async throws {
        try await withMonitor { monitor in
            try monitor.store.close()
            let answer = await monitor.raw(request("GET /v1/events"))
            #expect(answer.status == 503)
            #expect(answer.apiError.hasPrefix("store_unavailable: The event history '"))
            let health = await monitor.raw(request("GET /healthz"))
            #expect(health.status == 200)
        }
    }
}
