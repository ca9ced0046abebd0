import EventStore
import Foundation
import Messages
import Monitor
import MonitorClient
import MonitorServer
import Testing

@Suite("Route of scores")
struct ScoreRouteTests {
    private let ten = UTCTimestamp.moment("2026-11-20T10:00:00Z") ?? .distantPast

    /// Hops of a quarter of a second; nil: the gate is closed.
    private func block(at seconds: Double, hop: Double = 0.25, _ hops: [[Float]?]) -> ScoreBlock {
        var block = ScoreBlock(
            start: ten + seconds,
            hopMicroseconds: Int64(hop * 1e6),
            classCount: 3
        )
        for scores in hops { block.append(scores: scores ?? [], levelDBFS: -20) }
        return block
    }

    private struct Answer {
        let hopSeconds: Double?
        let from: String?
        let classes: [String: [Double?]]

        init(_ text: String) throws {
            let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
            hopSeconds = object?["hop_s"] as? Double
            from = object?["from"] as? String
            let lists = object?["classes"] as? [String: [Any]] ?? [:]
            classes = lists.mapValues { $0.map { $0 as? Double } }
        }
    }

    private func ask(_ query: String, _ monitor: RunningMonitor) async throws -> Answer {
        let answer = await monitor.raw(request("GET /v1/scores?\(query)"))
        #expect(answer.status == 200, "\(answer)")
        return try Answer(answer.body)
    }

    private let second = "since=2026-11-20T10:00:00.500Z&until=2026-11-20T10:00:01.500Z"

    @Test func storedScoresComeHopByHop() async throws {
        try await withMonitor { monitor in
            let hops: [[Float]?] = [
                [0, 0, 0], [0, 1, 0], [0.5, 0, 1], nil, [1, 0.5, 0], [0, 0, 0],
            ]
            try monitor.write(
                [],
                [.scores(source: "porch", model: "test 1 d", block(at: 0, hops))]
            )
            let scores = try await ask("\(second)&class=dog_bark&class=speech", monitor)
            #expect(scores.hopSeconds == 0.25)
            #expect(scores.from == "2026-11-20T10:00:00.500Z")
            #expect(scores.classes["dog_bark"] == [0.5, nil, 1, 0])
            #expect(scores.classes["speech"] == [1, nil, 0, 0])
            #expect(scores.classes.count == 2)
            let all = try await ask(second, monitor)
            #expect(Set(all.classes.keys) == ["dog_bark", "rain", "speech"])
            let elsewhere = try await ask(
                "since=2026-11-20T11:00:00Z&until=2026-11-20T11:01:00Z&class=rain",
                monitor
            )
            #expect(elsewhere.hopSeconds == nil && elsewhere.classes["rain"] == [])
        }
    }

    /// A machine that could not keep up had longer hops, and then none for a while.
    @Test func blocksOfOtherHopsLieOnTheSameGrid() async throws {
        try await withMonitor { monitor in
            let blocks = [
                block(at: 0.5, [[1, 0, 0], [0.5, 0, 0]]),
                block(at: 1.5, hop: 0.5, [[0.25, 0, 0], [0, 0, 0]]),
            ]
            try monitor.write(
                [],
                blocks.map { .scores(source: "porch", model: "test 1 d", $0) }
            )
            let scores = try await ask(
                "since=2026-11-20T10:00:00.500Z&until=2026-11-20T10:00:02.500Z&class=dog_bark",
                monitor
            )
            let quarter = (0.25 * 254).rounded() / 254
            let rounded = (quarter * 10_000).rounded() / 10_000
            #expect(scores.classes["dog_bark"] == [1, 0.5, nil, nil, rounded, rounded, 0, 0])
        }
    }

    @Test func whatIsNotWrittenYetIsThere() async throws {
        let recent = NamedScores(
            source: "porch",
            model: "test",
            classes: ["dog_bark", "rain", "speech"],
            block: block(at: 1, [[0.5, 0, 0], [1, 0, 0]])
        )
        try await withMonitor(changing: { $0.unwrittenScores = { [recent] } }) { monitor in
            let written = block(at: 0.5, [[0, 0, 0], [0, 0, 0]])
            try monitor.write([], [.scores(source: "porch", model: "test 1 d", written)])
            let scores = try await ask("\(second)&class=dog_bark", monitor)
            #expect(scores.classes["dog_bark"] == [0, 0, 0.5, 1])
        }
    }

    @Test func severalSourcesOrModelsMustBeToldApart() async throws {
        try await withMonitor { monitor in
            let hops: [[Float]?] = [[0, 0, 0], [0, 0, 0]]
            try monitor.write(
                [],
                ["porch", "garden"].map {
                    .scores(source: $0, model: "test 1 d", block(at: 0.5, hops))
                }
            )
            let answer = await monitor.raw(request("GET /v1/scores?\(second)"))
            #expect(answer.status == 400)
            #expect(
                answer.apiError
                    == "invalid_value: source: there are scores of several: garden, porch. "
                    + "Choose one."
            )
            _ = try await ask("\(second)&source=garden", monitor)
        }
    }

    @Test(arguments: [
        (
            "since=2026-11-20T00:00:00Z&until=2026-11-20T04:00:00Z",
            "invalid_value: since: scores are given for at most 3 hours before until, not from "
                + "2026-11-20T00:00:00.000Z to 2026-11-20T04:00:00.000Z."
        ),
        ("class=cat", "invalid_value: class: unknown class 'cat'; known: dog_bark, rain, speech."),
        ("source=attic", "invalid_value: source: unknown source 'attic'; known: porch."),
        ("model=owls", "invalid_value: model: unknown model 'owls'; known: test."),
    ])
    func aBadQuerySaysWhichValueAndWhatIsAllowed(query: String, expected: String) async throws {
        try await withMonitor { monitor in
            let answer = await monitor.raw(request("GET /v1/scores?\(query)"))
            #expect(answer.status == 400)
            #expect(answer.apiError == expected)
        }
    }
}

@Suite("Route of sounds")
struct SoundRouteTests {
    private func sounds(_ query: String, _ monitor: RunningMonitor) async throws -> SoundListMessage
    {
        try await monitor.client.get("/v1/sounds\(query)", as: SoundListMessage.self)
    }

    @Test func everyClassComesWithItsRuleAndHowItDid() async throws {
        try await withMonitor { monitor in
            let old = try monitor.addEvent(class: 0, secondsAgo: 9 * 86_400)
            let ids = try (1...6).map { minutes in
                try monitor.addEvent(class: 0, secondsAgo: Double(minutes * 60))
            }
            try monitor.addEvent(class: 1, secondsAgo: 100)
            let labels: [(Int64, String?)] = [
                (old, "dog_bark"), (ids[0], "dog_bark"), (ids[1], "fox"), (ids[2], nil),
            ]
            for (id, name) in labels {
                try monitor.store.setLabel(id, to: EventLabel(className: name, labelledAt: Date()))
            }
            let list = try await sounds("", monitor)
            #expect(list.sounds.map(\.className) == ["dog_bark", "rain", "speech"])
            #expect(list.sounds.map(\.events) == [6, 1, 0])
            #expect(list.sounds.map(\.right) == [1, 0, 0])
            #expect(list.sounds.map(\.wrong) == [2, 0, 0])
            #expect(list.sounds[0].rule.on == 0.8)
            // The history is a moment old, and six events in a moment are not thousands a day.
            #expect(list.sounds[0].eventsPerDay == 6)
            let month = try await sounds("?days=30", monitor)
            #expect(month.sounds.map(\.events) == [7, 1, 0])
            let bad = await monitor.raw(request("GET /v1/sounds?days=0"))
            #expect(bad.apiError == "invalid_value: days: '0' is not a whole number from 1 to 366.")
        }
    }
}
