import EventStore
import Foundation
import Messages
import Monitor
import MonitorClient
import MonitorServer
import TestSupport
import Testing

@Suite("The route of clips")
struct ClipRouteTests {
    private let clips: TemporaryFolder

    init() throws {
        clips = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: clips.file("2026/11/20"),
            withIntermediateDirectories: true
        )
        try Data("fLaC0123456789".utf8).write(
            to: URL(fileURLWithPath: clips.file("2026/11/20/1.flac"))
        )
    }

    private func clip(at path: String) -> NewClip {
        NewClip(path: path, byteCount: 14, start: Date(), seconds: 1, sampleRateHz: 16_000)
    }

    /// A server with an event of a class and, if there is a path, its clip.
    private func withEvent(
        class index: Int = 0,
        clip path: String? = "2026/11/20/1.flac",
        _ body: @Sendable (RunningMonitor, Int64) async throws -> Void
    ) async throws {
        let clip = path.map(clip)
        let folder = clips.file("")
        try await withMonitor { settings in
            settings.clipsDirectory = folder
        } _: { monitor in
            let id = try monitor.addEvent(class: index, secondsAgo: 10)
            if let clip { try monitor.store.setClip(ofEvent: id, to: clip) }
            try await body(monitor, id)
        }
    }

    @Test func aClipIsGivenOutWhole() async throws {
        try await withEvent { monitor, id in
            let answer = await monitor.raw(request("GET /v1/events/\(id)/clip"))
            #expect(answer.status == 200)
            #expect(answer.lowercased().contains("content-type: audio/flac"))
            #expect(answer.lowercased().contains("content-length: 14"))
            #expect(answer.lowercased().contains("accept-ranges: bytes"))
            #expect(answer.body == "fLaC0123456789")
        }
    }

    @Test func headSaysWhatThereIsWithoutGivingIt() async throws {
        try await withEvent { monitor, id in
            let answer = await monitor.raw(request("HEAD /v1/events/\(id)/clip"))
            #expect(answer.status == 200)
            #expect(answer.lowercased().contains("content-length: 14"))
            #expect(answer.body.isEmpty)
            let none = await monitor.raw(request("HEAD /v1/events/4711/clip"))
            #expect(none.status == 404)
        }
    }

    @Test(arguments: [
        ("bytes=4-6", 206, "012", "bytes 4-6/14"), ("bytes=10-", 206, "6789", "bytes 10-13/14"),
        ("bytes=-2", 206, "89", "bytes 12-13/14"),
        ("bytes=0-999", 206, "fLaC0123456789", "bytes 0-13/14"),
        ("bytes=0-1,3-4", 200, "fLaC0123456789", ""), ("lines=1-2", 200, "fLaC0123456789", ""),
        ("bytes=9-3", 200, "fLaC0123456789", ""),
    ])
    func aPartIsGivenOut(range: String, status: Int, body: String, place: String) async throws {
        try await withEvent { monitor, id in
            let answer = await monitor.raw(
                request("GET /v1/events/\(id)/clip", ["Range: \(range)"])
            )
            #expect(answer.status == status)
            #expect(answer.body == body)
            #expect(place.isEmpty || answer.contains(place))
        }
    }

    @Test func aPartBeyondTheEndIsRefused() async throws {
        try await withEvent { monitor, id in
            let answer = await monitor.raw(
                request("GET /v1/events/\(id)/clip", ["Range: bytes=14-"])
            )
            #expect(answer.status == 416)
            #expect(answer.apiError == "no_such_range: The clip of event \(id) has 14 bytes.")
            #expect(answer.lowercased().contains("content-range: bytes */14"))
        }
    }

    @Test func noClipIsExplained() async throws {
        try await withEvent(clip: nil) { monitor, id in
            let none = await monitor.raw(request("GET /v1/events/\(id)/clip"))
            #expect(none.status == 404)
            #expect(none.apiError == "no_clip: Event \(id) has no clip.")
            for (absence, expected) in [
                (
                    ClipAbsence.expired,
                    "clip_gone: Event \(id) has no clip: it was removed by age or for space."
                ),
                (.deleted, "clip_gone: Event \(id) has no clip: its file was deleted."),
                (.unwritable, "no_clip: Event \(id) has no clip: it could not be written."),
            ] {
                try monitor.store.clearClips(ofEvents: [id], because: absence)
                let gone = await monitor.raw(request("GET /v1/events/\(id)/clip"))
                #expect(gone.apiError == expected)
                let event = try await monitor.client.get(
                    "/v1/events/\(id)",
                    as: EventMessage.self
                )
                #expect(event.noClip.map { expected.hasSuffix(": \($0)") } == true)
            }
        }
        try await withEvent(class: 2, clip: nil) { monitor, id in
            let answer = await monitor.raw(request("GET /v1/events/\(id)/clip"))
            #expect(
                answer.apiError == "no_clip: Event \(id) has no clip: its class is private."
            )
        }
    }

    @Test func aClipWhoseFileIsGoneIsGoneInTheHistoryFromThenOn() async throws {
        try await withEvent(clip: "2026/11/20/2.flac") { monitor, id in
            let gone = await monitor.raw(request("GET /v1/events/\(id)/clip"))
            #expect(gone.status == 404)
            #expect(gone.apiError == "clip_gone: The clip of event \(id) is gone.")
            let event = try monitor.store.event(id)
            #expect(event?.clipPath == nil)
        }
    }

    @Test(arguments: ["../../../etc/passwd", "1.flac", "/etc/passwd", "2026/11/20/../20/1.flac"])
    func onlyWhatIsAClipsNameIsOpened(path: String) async throws {
        try await withEvent(clip: path) { monitor, id in
            let answer = await monitor.raw(request("GET /v1/events/\(id)/clip"))
            #expect(answer.status == 404)
            #expect(answer.apiError == "no_clip: The clip file of event \(id) is missing.")
        }
    }
}
