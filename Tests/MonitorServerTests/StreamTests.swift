import Foundation
import Messages
import Monitor
import MonitorClient
import MonitorServer
import Testing

@Suite("The stream")
struct StreamTests {
    private static func event(
        _ id: Int64,
        class name: String = "rain",
        end: Date? = nil
    )
        -> LiveMessage
    {
        .event(
            EventMessage(
                id: id,
                source: "porch",
                className: name,
                label: name,
                start: Date(timeIntervalSince1970: 1_795_176_000),
                end: end,
                peakScore: 0.5,
                meanScore: 0.5,
                levelDBFS: -20,
                model: "m"
            )
        )
    }

    private static func level(_ value: Double, source: String = "porch") -> LiveMessage {
        .level(
            LevelMessage(
                source: source,
                time: Date(timeIntervalSince1970: 1_795_176_000),
                levelDBFS: value,
                isGateOpen: true
            )
        )
    }

    private static func waitForFollowers(_ count: Int, of feed: LiveFeed) async throws {
        for _ in 0..<12_000 where feed.followerCount != count {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(feed.followerCount == count)
    }

    @Test func everyKindOfMessageArrivesInOrder() async throws {
        try await withMonitor { monitor in
            let messages = [
                Self.event(1), Self.level(-10), .status(madeUpStatus),
                .scores(
                    ScoresMessage(
                        source: "porch",
                        model: "test",
                        time: Date(timeIntervalSince1970: 1),
                        scores: [ScoreMessage(className: "rain", score: 0.25)],
                        smoothed: ["rain": 0.125, "speech": 0]
                    )
                ),
                Self.near(class: "rain"),
                Self.event(1, end: Date(timeIntervalSince1970: 1_795_176_002)),
            ]
            let stream = monitor.client.live()
            try await Self.waitForFollowers(1, of: monitor.feed)
            messages.forEach(monitor.feed.publish)
            monitor.feed.finish()
            var received: [LiveMessage] = []
            for try await message in stream {
                received.append(message)
            }
            #expect(received == messages)
        }
    }

    @Test func theBytesAreServerSentEvents() async throws {
        try await withMonitor { monitor in
            let connection = try RawConnection(unix: monitor.addresses.socketPath)
            await connection.write(request("GET /v1/stream?types=level"))
            try await Self.waitForFollowers(1, of: monitor.feed)
            monitor.feed.publish(Self.level(-12.5))
            let text = await connection.read(until: "-12.5")
            #expect(text.status == 200)
            #expect(text.contains("text/event-stream"))
            #expect(
                text.contains(
                    "\ndata: {\"source\":\"porch\",\"time\":\"2026-11-20T12:00:00.000Z\","
                        + "\"level_dbfs\":-12.5,\"sound_level\":null,\"gate\":\"open\"}\n\n"
                )
            )
        }
    }

    @Test func onlyWhatIsAskedForArrives() async throws {
        try await withMonitor { monitor in
            let stream = monitor.client.live(kinds: [.event, .level], classes: ["rain"])
            try await Self.waitForFollowers(1, of: monitor.feed)
            monitor.feed.publish(Self.event(1, class: "speech"))
            monitor.feed.publish(.status(madeUpStatus))
            monitor.feed.publish(Self.event(2))
            monitor.feed.publish(Self.level(-10, source: "garden"))
            monitor.feed.finish()
            var received: [LiveMessage] = []
            for try await message in stream {
                received.append(message)
            }
            #expect(received == [Self.event(2), Self.level(-10, source: "garden")])
        }
    }

    @Test func theLastEventsComeFirstAndNotTwice() async throws {
        try await withMonitor { monitor in
            let ids = try [40.0, 30, 20].map { try monitor.addEvent(class: 1, secondsAgo: $0) }
            let stream = monitor.client.live(kinds: [.event], recent: 2)
            try await Self.waitForFollowers(1, of: monitor.feed)
            monitor.feed.publish(Self.event(ids[2], end: Date()))
            monitor.feed.publish(Self.event(500))
            monitor.feed.finish()
            var received: [Int64] = []
            for try await message in stream {
                if case .event(let event) = message {
                    received.append(event.id)
                }
            }
            #expect(received == [ids[1], ids[2], 500])
        }
    }

    @Test func aBrowserThatComesBackGetsWhatItMissed() async throws {
        try await withMonitor { monitor in
            let ids = try [40.0, 30, 20].map { try monitor.addEvent(class: 1, secondsAgo: $0) }
            let connection = try RawConnection(unix: monitor.addresses.socketPath)
            await connection.write(
                request("GET /v1/stream?types=event", ["Last-Event-ID: \(ids[0])"])
            )
            let text = await connection.read(until: "\"id\":\(ids[2]),")
            #expect(!text.contains("\"id\":\(ids[0]),"))
            #expect(text.contains("\"id\":\(ids[1]),"))
        }
    }

    private static func near(class name: String) -> LiveMessage {
        .near(
            NearMessage(
                source: "porch",
                model: "test",
                className: name,
                label: name,
                time: Date(timeIntervalSince1970: 1_795_176_000),
                peak: 0.42,
                threshold: 0.5,
                stage: .threshold,
                reason: "0.42, needs 0.50"
            )
        )
    }

    /// The ids of the messages of a text, in order.
    private static func ids(in text: String) -> [String] {
        text.split(separator: "\n").filter { $0.hasPrefix("id: ") }.map { String($0.dropFirst(4)) }
    }

    /// Follows until a text has come, with the id of the last message seen before.
    private static func follow(
        _ monitor: RunningMonitor,
        _ query: String = "",
        lastID: String? = nil,
        until text: String
    ) async throws -> String {
        let connection = try RawConnection(unix: monitor.addresses.socketPath)
        let headers = lastID.map { ["Last-Event-ID: \($0)"] } ?? []
        await connection.write(request("GET /v1/stream\(query)", headers))
        return await connection.read(until: text)
    }

    @Test func whoComesBackGetsTheEventsAndNearMissesMissedAndNoneTwice() async throws {
        try await withMonitor { monitor in
            let connection = try RawConnection(unix: monitor.addresses.socketPath)
            await connection.write(request("GET /v1/stream"))
            try await Self.waitForFollowers(1, of: monitor.feed)
            monitor.feed.publish(Self.event(901))
            monitor.feed.publish(Self.level(-10))
            let seen = await connection.read(until: "-10.0")
            // Everything has an id, the opening too.
            let ids = Self.ids(in: seen)
            #expect(ids.count == 3)
            #expect(Set(ids).count == 3)
            monitor.feed.publish(Self.near(class: "rain"))
            monitor.feed.publish(Self.level(-77))
            monitor.feed.publish(Self.event(902))

            let last = try #require(ids.last)
            for (query, header) in [("", last), ("?last_id=\(last)", nil)] {
                let text = try await Self.follow(monitor, query, lastID: header, until: ":902,")
                #expect(text.contains("\"stage\":\"threshold\""))
                #expect(!text.contains("-77.0"))
                #expect(!text.contains(":901,"))
                #expect(text.matches(of: /:902,/).count == 1)
            }
            let wanted = try await Self.follow(
                monitor,
                "?types=event",
                lastID: ids.first,
                until: ":902,"
            )
            #expect(wanted.contains(":901,"))
            #expect(!wanted.contains("\"stage\""))
        }
    }

    @Test func whoWasAwayAcrossARestartGetsWhatBeganOrEndedSinceFromTheHistory() async throws {
        try await withMonitor { monitor in
            let old = try monitor.addEvent(class: 1, secondsAgo: 600)
            let new = try [40.0, 30].map { try monitor.addEvent(class: 1, secondsAgo: $0) }
            let last = StreamPosition(
                milliseconds: Int64((Date().timeIntervalSince1970 - 60) * 1_000),
                run: "another",
                number: 12
            )
            let text = try await Self.follow(
                monitor,
                lastID: last.description,
                until: "\"id\":\(new[1]),"
            )
            #expect(text.contains("\"id\":\(new[0]),"))
            #expect(!text.contains("\"id\":\(old),"))
            // Whoever breaks off there goes on from there.
            let next = try await Self.follow(
                monitor,
                lastID: Self.ids(in: text).dropFirst().first,
                until: "\"id\":\(new[1]),"
            )
            #expect(next.matches(of: /event: event/).count == 2)
        }
    }

    @Test(arguments: [
        ("last_id=abc", "invalid_value: last_id: 'abc' is not the id of a message of this stream."),
        (
            "types=event,noise",
            "invalid_value: types: 'noise' is not one of event, clip, scores, near, "
                + "level, status."
        ),
        ("recent=101", "invalid_value: recent: '101' is not a whole number from 0 to 100."),
        (
            "class=cat",
            "invalid_value: class: unknown class 'cat'; known: dog_bark, rain, "
                + "speech."
        ),
        (
            "kinds=event",
            "unknown_key: Unknown key 'kinds' in the query; allowed: types, class, source, "
                + "model, recent, last_id."
        ),
    ])
    func aBadQueryIsRefused(query: String, expected: String) async throws {
        try await withMonitor { monitor in
            let answer = await monitor.raw(request("GET /v1/stream?\(query)"))
            #expect(answer.status == 400)
            #expect(answer.apiError == expected)
            #expect(monitor.feed.followerCount == 0)
        }
    }

    @Test func aGracefulShutdownEndsOpenStreams() async throws {
        let started = ContinuousClock.now
        let (ended, report) = AsyncStream.makeStream(of: Bool.self)
        try await withMonitor { monitor in
            let stream = monitor.client.live()
            Task {
                do {
                    for try await _ in stream {}
                    report.yield(true)
                } catch {
                    report.yield(false)
                }
                report.finish()
            }
            try await Self.waitForFollowers(1, of: monitor.feed)
        }
        for await isOrderly in ended {
            #expect(isOrderly)
        }
        #expect(ContinuousClock.now - started < .seconds(10))
    }

    @Test func aClientThatLeavesIsForgotten() async throws {
        try await withMonitor { monitor in
            do {
                let connection = try RawConnection(unix: monitor.addresses.socketPath)
                await connection.write(request("GET /v1/stream"))
                try await Self.waitForFollowers(1, of: monitor.feed)
            }
            for _ in 0..<12_000 where monitor.feed.followerCount > 0 {
                monitor.feed.publish(Self.level(-10))
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(monitor.feed.followerCount == 0)
        }
    }

    @Test func aClientThatDoesNotReadIsDropped() async throws {
        try await withMonitor { settings in
            settings.idleSeconds = 1
        } _: { monitor in
            let connection = try RawConnection(unix: monitor.addresses.socketPath)
            await connection.write(request("GET /v1/stream"))
            try await Self.waitForFollowers(1, of: monitor.feed)
            for number in 0..<60_000 where monitor.feed.followerCount > 0 {
                monitor.feed.publish(Self.event(Int64(number)))
                try await Task.sleep(for: .milliseconds(1))
            }
            #expect(monitor.feed.followerCount == 0)
        }
    }

    @Test func streamsAreLimited() async throws {
        try await withMonitor { settings in
            settings.maxStreams = 1
        } _: { monitor in
            do {
                let first = try RawConnection(unix: monitor.addresses.socketPath)
                await first.write(request("GET /v1/stream"))
                try await Self.waitForFollowers(1, of: monitor.feed)
                let second = await monitor.raw(request("GET /v1/stream"))
                #expect(second.status == 503)
                #expect(
                    second.apiError
                        == "too_many_streams: Too many streams (1). Close one first."
                )
            }
            for _ in 0..<12_000 where monitor.feed.followerCount > 0 {
                monitor.feed.publish(Self.level(-10))
                try await Task.sleep(for: .milliseconds(5))
            }
            let third = try RawConnection(unix: monitor.addresses.socketPath)
            await third.write(request("GET /v1/stream"))
            #expect(await third.read(until: "earwitness").status == 200)
        }
    }
}
