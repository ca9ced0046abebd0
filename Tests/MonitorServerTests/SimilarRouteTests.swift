import Detection
import EventStore
import Foundation
import Messages
import Monitor
import MonitorClient
import MonitorServer
import Synchronization
import Testing

@Suite("Route of similar sounds")
struct SimilarRouteTests {
    private func write(_ secondsAgo: [Double], _ monitor: RunningMonitor) throws {
        let values = (0..<256).map { Float($0 % 11) }
        let made = SoundPrint(of: values.span)
        let print = try #require(made)
        let blocks = secondsAgo.map { ago in
            var block = PrintBlock(start: Date() - ago, windowSeconds: 0.96)
            block.append(print, at: block.start)
            return SoundMeasurement.prints(source: "porch", model: "test 1 d", block)
        }
        try monitor.write([], blocks)
    }

    @Test func soundsLikeAnEventAreGivenOnceTheirPrintsAreWritten() async throws {
        let settled = Mutex(0)
        try await withMonitor(changing: { $0.settlePrints = { settled.withLock { $0 += 1 } } }) {
            monitor in
            let id = try monitor.addEvent(secondsAgo: 100)
            let other = try monitor.addEvent(class: 1, secondsAgo: 500)
            try write([100, 500, 4_000], monitor)
            let answer = try await monitor.client.similar(
                toEvent: id,
                since: Date() - 3_600,
                until: Date(),
                source: "porch",
                limit: 5
            )
            #expect(answer.event == id && answer.comparedPrints == 1)
            #expect(answer.found.map { $0.event?.id } == [other])
            #expect(answer.found.first?.event?.className == "rain")
            #expect(answer.found.first?.likeness == 1)
            let all = await monitor.raw(request("GET /v1/events/\(id)/similar"))
            #expect(all.status == 200 && all.body.contains("\"compared_prints\":2"))
            #expect(settled.withLock { $0 } == 2)
        }
    }

    @Test func whatCannotBeAnsweredIsRefusedWithTheReason() async throws {
        try await withMonitor { monitor in
            let id = try monitor.addEvent(secondsAgo: 100)
            for (path, status, words) in [
                ("/v1/events/99/similar", 404, "no_such_event: There is no event 99."),
                ("/v1/events/\(id)/similar", 404, "no_print: There is no print of event \(id)"),
                (
                    "/v1/events/\(id)/similar?limit=0", 400,
                    "limit: '0' is not a whole number from 1"
                ),
                ("/v1/events/\(id)/similar?since=1h&until=2h", 400, "is later than until"),
                ("/v1/events/\(id)/similar?source=attic", 400, "unknown source 'attic'"),
            ] {
                let answer = await monitor.raw(request("GET \(path)"))
                #expect(answer.status == status, "\(path)")
                #expect(answer.apiError.contains(words), "\(path): \(answer.apiError)")
            }
        }
    }
}
