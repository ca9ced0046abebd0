import Foundation
import Messages
import Monitor
import Testing

@Suite("The live feed")
struct LiveFeedTests {
    private func level(_ value: Double) -> LiveMessage {
        .level(LevelMessage(source: "porch", time: Date(), levelDBFS: value, isGateOpen: true))
    }

    private func event(_ id: Int64) -> LiveMessage {
        .event(
            EventMessage(
                id: id,
                source: "porch",
                className: "rain",
                label: "Rain",
                start: Date(),
                end: nil,
                peakScore: 1,
                meanScore: 1,
                levelDBFS: nil,
                model: "m"
            )
        )
    }

    private func all(_ stream: AsyncStream<LiveMessage>) async -> [LiveMessage] {
        var messages: [LiveMessage] = []
        for await message in stream {
            messages.append(message)
        }
        return messages
    }

    @Test func everyFollowerGetsEverythingFromWhenItFollows() async {
        let feed = LiveFeed()
        let first = feed.follow()
        let messages = [event(1), level(-10), event(2)]
        feed.publish(messages[0])
        let second = feed.follow()
        feed.publish(messages[1])
        feed.publish(messages[2])
        feed.finish()
        #expect(await all(first) == messages)
        #expect(await all(second) == Array(messages.dropFirst()))
    }

    @Test func aSlowFollowerLosesLevelsButNoEventUnknowingly() async {
        let feed = LiveFeed(capacity: 2)
        let slow = feed.follow()
        let messages = [event(1), level(-10)]
        feed.publish(messages[0])
        feed.publish(messages[1])
        feed.publish(level(-20))
        #expect(feed.followerCount == 1)
        feed.publish(event(2))
        #expect(feed.followerCount == 0)
        #expect(await all(slow) == messages)
    }

    @Test func whoComesBackGetsWhatWasMissedAndThenEverything() async throws {
        let feed = LiveFeed()
        feed.publish(event(1))
        let start = feed.follow(after: nil)
        #expect(start.missed?.isEmpty == true)
        let missed = [event(2), event(3)]
        feed.publish(missed[0])
        feed.publish(level(-10))
        feed.publish(missed[1])
        let back = feed.follow(after: start.position)
        feed.publish(level(-20))
        feed.finish()
        #expect(back.missed?.map(\.message) == missed)
        #expect(await back.messages.reduce(into: 0) { count, _ in count += 1 } == 1)
        let all = await start.messages.reduce(into: []) { $0.append($1.position.number) }
        #expect(all == [2, 3, 4, 5])
    }

    @Test func whatIsTooLongAgoIsSaidToBeSo() {
        let feed = LiveFeed(capacity: 4, heldCapacity: 4)
        let start = feed.follow(after: nil).position
        for id in 1...100 { feed.publish(event(Int64(id))) }
        #expect(feed.follow(after: start).missed == nil)
        var recent = feed.follow(after: nil).position
        recent.number -= 3
        #expect(feed.follow(after: recent).missed?.count == 3)
        recent.run = "another"
        #expect(feed.follow(after: recent).missed == nil)
    }

    @Test func afterTheEndNobodyWaits() async {
        let feed = LiveFeed()
        feed.finish()
        #expect(await all(feed.follow()).isEmpty)
        #expect(feed.followerCount == 0)
    }

    @Test func whoStopsFollowingIsForgotten() async {
        let feed = LiveFeed()
        let task = Task { await all(feed.follow()) }
        while feed.followerCount == 0 {
            await Task.yield()
        }
        task.cancel()
        _ = await task.value
        #expect(feed.followerCount == 0)
    }
}

@Suite("Metrics")
struct MetricFamilyTests {
    @Test func aFamilyIsPrometheusText() {
        let family = MetricFamily(
            name: "earwitness_lost_samples_total",
            help: "Samples lost.",
            kind: .counter,
            samples: [
                .init(labels: [.init("source", "a \"b\" \\ \n c")], value: 3),
                .init(value: 0.25), .init(value: -.infinity),
            ]
        )
        #expect(
            family.text == #"""
                # HELP earwitness_lost_samples_total Samples lost.
                # TYPE earwitness_lost_samples_total counter
                earwitness_lost_samples_total{source="a \"b\" \\ \n c"} 3
                earwitness_lost_samples_total 0.25
                earwitness_lost_samples_total -Inf

                """#
        )
    }
}

@Suite("Errors of the controls")
struct ControlErrorTests {
    @Test func anUnknownClassNamesTheKnownOnes() {
        let error = ControlError.unknownClass(name: "cat", known: ["dog", "rain"])
        #expect(error.description == "The model has no class 'cat'; its classes: dog, rain.")
    }

    @Test func longListsAreCut() {
        let names = (1...30).map { "c\($0)" }
        #expect(ControlError.list(names).hasSuffix("c19, c20 and 10 more"))
        #expect(ControlError.list([]) == "none")
    }
}
