import EventStore
import Foundation
import Messages
import Monitor
import MonitorClient
import MonitorServer
import Testing

@Suite("Filters and exports of events")
struct EventExportTests {
    /// Four events: one without a label, one right, one something else, one a false alarm.
    private func fill(_ monitor: RunningMonitor) throws -> [Int64] {
        let ids = try [40.0, 30, 20, 10].map { try monitor.addEvent(secondsAgo: $0) }
        for (id, name) in [(ids[1], "dog_bark"), (ids[2], "fox"), (ids[3], nil)] {
            try monitor.store.setLabel(id, to: EventLabel(className: name, labelledAt: Date()))
        }
        return ids
    }

    private func ids(_ query: String, _ monitor: RunningMonitor) async throws -> [Int64] {
        try await monitor.client.get("/v1/events?\(query)", as: EventListMessage.self)
            .events.map(\.id)
    }

    @Test func labelsNarrowTheEvents() async throws {
        try await withMonitor { monitor in
            let all = try fill(monitor)
            #expect(try await ids("label=right", monitor) == [all[1]])
            #expect(try await ids("label=wrong", monitor) == [all[2], all[3]])
            #expect(try await ids("label=any", monitor) == [all[1], all[2], all[3]])
            #expect(try await ids("label=none", monitor) == [all[0]])
            #expect(try await ids("hide_wrong=true", monitor) == [all[0], all[1]])
            #expect(try await ids("hide_wrong=false", monitor) == all)
            #expect(try await ids("label=any&limit=1", monitor) == [all[3]])
        }
    }

    @Test func eventsWithAClipAreFound() async throws {
        try await withMonitor { monitor in
            let all = try fill(monitor)
            let clip = NewClip(
                path: "2026/11/20/1.flac",
                byteCount: 9,
                start: Date(),
                seconds: 1,
                sampleRateHz: 48_000
            )
            try monitor.store.setClip(ofEvent: all[2], to: clip)
            #expect(try await ids("has_clip=true", monitor) == [all[2]])
            #expect(try await ids("has_clip=false", monitor) == [all[0], all[1], all[3]])
        }
    }

    @Test(arguments: [
        ("csv", "text/csv; charset=utf-8", ".csv"),
        ("jsonl", "application/x-ndjson; charset=utf-8", ".jsonl"),
        ("audacity", "text/plain; charset=utf-8", "-labels.txt"),
        ("raven", "text/plain; charset=utf-8", ".selections.txt"),
    ])
    func whatIsFilteredIsDownloadedAsAFile(format: String, type: String, end: String) async throws {
        try await withMonitor { monitor in
            _ = try fill(monitor)
            let answer = await monitor.raw(
                request("GET /v1/events?format=\(format)&hide_wrong=true")
            )
            #expect(answer.status == 200)
            #expect(answer.lowercased().contains("content-type: \(type)\r"))
            #expect(
                answer.firstMatch(
                    of: /attachment; filename="earwitness-\d{8}T\d{6}Z[a-z.-]+"/
                ) != nil
            )
            #expect(answer.contains("\(end)\""))
            let headers = ["csv", "raven"].contains(format) ? 1 : 0
            #expect(
                answer.dechunkedBody.split(separator: "\n").count == 2 + headers,
                "\(answer.dechunkedBody)"
            )
        }
    }

    @Test func anExportHoldsEveryEventInTheOrderAskedFor() async throws {
        try await withMonitor { monitor in
            // More than one piece, and more than one answer of JSON holds by default.
            let now = Date()
            let entries = (1...1_203).map { number -> HistoryEntry in
                let start = now - Double(5_000 - number)
                let event = EventRecord(
                    id: Int64(number),
                    source: "porch",
                    model: "test 1 d",
                    className: "rain",
                    start: start,
                    end: start + 0.5,
                    peakScore: 1,
                    meanScore: 1,
                    levelDBFS: -20
                )
                return .ended(event)
            }
            try monitor.write(entries)
            for (order, expected) in [
                ("oldest", Array(1...1_203)), ("newest", Array((1...1_203).reversed())),
            ] {
                let answer = await monitor.raw(
                    request("GET /v1/events?format=jsonl&order=\(order)")
                )
                let ids = answer.dechunkedBody.split(separator: "\n").map { line in
                    Int(line.dropFirst("{\"id\":".count).prefix { $0.isNumber })
                }
                #expect(ids == expected)
            }
            let newest = await monitor.raw(request("GET /v1/events?format=csv&limit=2"))
            #expect(newest.dechunkedBody.split(separator: "\n").count == 3)
        }
    }

    @Test func labelsOfAudacityCountFromTheBeginningOfTheTime() async throws {
        try await withMonitor { monitor in
            let start = try #require(UTCTimestamp.moment("2026-11-20T10:00:10.500Z"))
            let event = EventRecord(
                id: 1,
                source: "porch",
                model: "test 1 d",
                className: "rain",
                start: start,
                end: start + 2,
                peakScore: 1,
                meanScore: 1,
                levelDBFS: -20
            )
            try monitor.write([.ended(event)])
            let since = await monitor.raw(
                request("GET /v1/events?format=audacity&since=2026-11-20T10:00:00Z")
            )
            #expect(since.dechunkedBody == "10.500000\t12.500000\train\n")
            let all = await monitor.raw(request("GET /v1/events?format=audacity"))
            #expect(all.dechunkedBody == "0.000000\t2.000000\train\n")
        }
    }

    @Test func anExportOfNothingIsAnEmptyTable() async throws {
        try await withMonitor { monitor in
            let answer = await monitor.raw(request("GET /v1/events?format=csv&class=rain"))
            #expect(answer.status == 200)
            #expect(answer.dechunkedBody.hasPrefix("source,class,label,start,"))
            #expect(answer.dechunkedBody.split(whereSeparator: \.isNewline).count == 1)
        }
    }
}

extension String {
    /// The body of an answer without the lengths of its chunks.
    fileprivate var dechunkedBody: String {
        guard lowercased().contains("transfer-encoding: chunked") else { return body }
        var rest = Array(body.utf8)[...]
        var bytes: [UInt8] = []
        while let end = rest.firstIndex(of: 13),
            let count = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16),
            count > 0
        {
            let start = end + 2
            bytes += rest[start..<(start + count)]
            rest = rest[(start + count + 2)...]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
