import EventStore
import Foundation
import Messages
import Monitor
import MonitorClient
import MonitorServer
import Testing

@Suite("Routes of events")
struct EventRouteTests {
    @Test func eventsComeOldestFirstWithTheCoverageOfTheTime() async throws {
        try await withMonitor { monitor in
            let ids = try [30.0, 20, 10].map { try monitor.addEvent(secondsAgo: $0) }
            try monitor.addEvent(secondsAgo: 5, ended: false)
            let now = Date()
            let heard = CoverageStretch(state: .listening, start: now - 100, end: now - 25)
            try monitor.write([.covered(source: "porch", heard)])
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
            "unknown_key: Unknown key 'sinse' in the query; allowed: since, until, class, "
                + "source, model, min_score, has_clip, label, hide_wrong, limit, order, format."
        ),
        (
            "?since=soon",
            "invalid_value: since: 'soon' is not a time. Give '2026-11-29', "
                + "'2026-11-29 06:00', '06:00', 'yesterday 22:00', 'now', 'today', 'yesterday', "
                + "RFC 3339 (2026-11-20T23:00:00Z), or how long ago (30s, 15m, 2h, 3d, 1w)."
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
        ("?has_clip=yes", "invalid_value: has_clip: 'yes' is not one of true, false."),
        ("?label=good", "invalid_value: label: 'good' is not one of right, wrong, any, none."),
        (
            "?format=xml",
            "invalid_value: format: 'xml' is not one of json, csv, jsonl, audacity, raven."
        ),
        ("?order=up", "invalid_value: order: 'up' is not one of oldest, newest, worth."),
        (
            "?order=worth&format=csv",
            "invalid_value: order: 'worth' is not for files; leave out 'format'."
        ),
        (
            "?class=cat",
            "invalid_value: class: unknown class 'cat'; known: dog_bark, rain, "
                + "speech."
        ),
        ("?source=attic", "invalid_value: source: unknown source 'attic'; known: porch."),
        ("?model=owls", "invalid_value: model: unknown model 'owls'; known: test."),
        ("?class=%zz", "invalid_value: 'class=%zz' in the query is not percent-encoded UTF-8."),
        ("?class=%ff", "invalid_value: 'class=%ff' in the query is not percent-encoded UTF-8."),
        (
            "?since=2020-01-02T00:00:00Z&until=2020-01-01T00:00:00Z",
            "invalid_value: since (2020-01-02T00:00:00.000Z) is later than until "
                + "(2020-01-01T00:00:00.000Z)."
        ),
        (
            "?class='%3BDROP%20TABLE%20event%3B--",
            "invalid_value: class: unknown class '';DROP TABLE event;--'; known: dog_bark, "
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
                        == "invalid_value: '\(bad)' is not an event number."
                )
            }
        }
    }

    @Test func aLabelIsKept() async throws {
        try await withMonitor { monitor in
            let id = try monitor.addEvent(secondsAgo: 10)
            let fox = try await monitor.client.label(event: id, className: "fox", note: "the yard")
            #expect(fox.userLabel?.className == "fox" && fox.userLabel?.note == "the yard")
            #expect(fox.userLabel?.origin == "api")
            let alarm = try await monitor.client.label(event: id, className: nil, origin: .review)
            #expect(alarm.userLabel != nil && alarm.userLabel?.className == nil)
            #expect(alarm.userLabel?.origin == "review")
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
            "invalid_value: 'class' is missing; give the class name, or null for a false alarm."
        ),
        (
            #"{"class":null,"origin":"cat"}"#,
            "invalid_value: origin: 'cat' is not one of page, command, review, import, api."
        ),
        (#"{"class":7}"#, "invalid_value: class: '7.0' is not text of 1 to 200 characters."),
        (#"{"class":""}"#, "invalid_value: class: '' is not text of 1 to 200 characters."),
        (
            #"{"class":null,"colour":1}"#,
            "unknown_key: Unknown key 'colour' in the body; allowed: class, note, origin."
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
            let stretches = [
                CoverageStretch(state: .listening, start: now - 3_600, end: now - 1_800),
                CoverageStretch(
                    state: .lost,
                    start: now - 1_800,
                    end: now - 1_799,
                    lostSamples: 16_000
                ),
            ]
            try monitor.write(stretches.map { .covered(source: "porch", $0) })
            let message = try await monitor.client.get(
                "/v1/coverage?since=1h&source=porch",
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
}
