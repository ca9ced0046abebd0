import Foundation
import Messages
import Monitor
import TestSupport
import Testing

@testable import MonitorClient
@testable import MonitorServer

@Suite("The client")
struct ClientTests {
    private func error(
        _ body: () async throws(ClientError) -> some Sendable
    ) async -> ClientError? {
        do throws(ClientError) {
            _ = try await body()
            return nil
        } catch {
            return error
        }
    }

    @Test func withoutASocketTheServiceIsNotRunning() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("api.sock")
        let found = await error { () async throws(ClientError) in
            try await MonitorClient(socketPath: path).status()
        }
        #expect(found == .notRunning(path: path))
        #expect(
            found?.description
                == "The service is not running (nothing answers at '\(path)'). "
                + "Start it with 'systemctl start earwitness' or 'earwitness run'."
        )
    }

    @Test func aSocketThatADeadServiceLeftIsNotRunningEither() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("api.sock")
        try leaveStaleSocket(at: path)
        let found = await error { () async throws(ClientError) in
            try await MonitorClient(socketPath: path).status()
        }
        #expect(found == .notRunning(path: path))
    }

    @Test func aPathThatIsTooLongIsNamed() async {
        let path = "/" + String(repeating: "x", count: 103)
        let found = await error { () async throws(ClientError) in
            try await MonitorClient(socketPath: path).status()
        }
        #expect(found == .socketPathTooLong(path: path, length: 104))
    }

    @Test func aServiceThatDoesNotAnswerIsNotWaitedForForEver() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("api.sock")
        let listener = try listeningSocket(at: path)
        defer { stopListening(listener) }
        let found = await error { () async throws(ClientError) in
            try await MonitorClient(socketPath: path, timeoutSeconds: 0.2).status()
        }
        #expect(found == .timeout(path: path, seconds: 0.2))
    }

    @Test(arguments: [
        ("", "lost"), ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", "lost"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "unreadable"),
        ("HTTP/1.1 500 Oh\r\nContent-Length: 3\r\n\r\nno!", "unreadable"),
        ("SSH-2.0-OpenSSH\r\n", "lost"),
    ])
    func anAnswerThatIsNoneIsAnError(answer: String, expected: String) async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("api.sock")
        let listener = try listeningSocket(at: path)
        defer { stopListening(listener) }
        Thread.detachNewThread { answerOnce(listener, with: answer) }
        let found = await error { () async throws(ClientError) in
            try await MonitorClient(socketPath: path).status()
        }
        switch found {
        case .connectionLost: #expect(expected == "lost")
        case .unreadableAnswer: #expect(expected == "unreadable")
        default: Issue.record("\(String(describing: found))")
        }
    }

    @Test func aRefusalSaysWhatTheServiceSays() async throws {
        try await withMonitor { monitor in
            let found = await self.error { () async throws(ClientError) in
                try await monitor.client.setThreshold("cat", to: ThresholdChange(on: 0.5))
            }
            let text = "The model has no class 'cat'; its classes: dog_bark, rain, speech."
            #expect(
                found
                    == .refused(
                        status: 404,
                        ErrorMessage(code: "unknown_class", message: text)
                    )
            )
            #expect(found?.description == text)
        }
    }

    @Test func namesAreEscaped() async throws {
        try await withMonitor { monitor in
            let found = await self.error { () async throws(ClientError) in
                try await monitor.client.setThreshold("a b/ü?&", to: ThresholdChange(on: 0.5))
            }
            #expect(found?.description.hasPrefix("The model has no class 'a b/ü?&'") == true)
        }
    }

    @Test func aStreamSaysWhyItCannotBeFollowed() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("api.sock")
        await #expect(throws: ClientError.notRunning(path: path)) {
            for try await _ in MonitorClient(socketPath: path).live() {}
        }
        try await withMonitor { monitor in
            await #expect(throws: ClientError.self) {
                for try await _ in monitor.client.live(classes: ["cat"]) {}
            }
        }
    }

    @Test func theFirstServiceThatAnswersIsTaken() async throws {
        try await withMonitor { monitor in
            let dead = monitor.folder.file("dead.sock")
            let client = try await MonitorClient.firstAnswering(
                at: [dead, monitor.addresses.socketPath])
            #expect(client.socketPath == monitor.addresses.socketPath)
            await #expect(throws: ClientError.notRunning(path: dead)) {
                try await MonitorClient.firstAnswering(at: [dead, dead + "2"])
            }
        }
    }

    @Test func whoStopsReadingAStreamLetsGoOfIt() async throws {
        try await withMonitor { monitor in
            let task = Task {
                for try await _ in monitor.client.live() {}
            }
            for _ in 0..<12_000 where monitor.feed.followerCount == 0 {
                try await Task.sleep(for: .milliseconds(5))
            }
            task.cancel()
            for _ in 0..<12_000 where monitor.feed.followerCount > 0 {
                monitor.feed.publish(.status(madeUpStatus))
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(monitor.feed.followerCount == 0)
        }
    }
}

@Suite("Server-sent events")
struct ServerSentEventTests {
    private let text = """
        : comment
        retry: 2000

        event: level
        data: {"a":1}

        event: event
        id: 7
        data:first
        data: second
        unknown: field

        data: only

        event: dropped, since it has no data

        """

    private let expected = [
        ServerSentEvent(name: "level", data: #"{"a":1}"#),
        ServerSentEvent(name: "event", data: "first\nsecond", id: "7"),
        ServerSentEvent(name: "message", data: "only", id: "7"),
    ]

    @Test(arguments: [1, 2, 3, 7, 1_000])
    func eventsComeOutHoweverTheBytesAreCut(size: Int) throws {
        for newline in ["\n", "\r\n", "\r"] {
            let bytes = Array(text.replacing("\n", with: newline).utf8)
            var parser = ServerSentEventParser()
            var events: [ServerSentEvent] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                events += try parser.parse(bytes[start..<min(bytes.count, start + size)])
            }
            #expect(events == expected)
        }
    }

    @Test func whatIsWrittenIsRead() throws {
        let event = ServerSentEvent(name: "event", data: "{}", id: "3")
        #expect(event.text == "event: event\nid: 3\ndata: {}\n\n")
        var parser = ServerSentEventParser()
        #expect(try parser.parse(event.text.utf8) == [event])
    }

    @Test func aLineWithoutEndIsRefused() {
        var parser = ServerSentEventParser()
        #expect(throws: ServerSentEventParser.TooLong.self) {
            try parser.parse(repeatElement(UInt8(ascii: "x"), count: 2_000_000))
        }
    }
}

@Suite struct SpectrogramParserTests {
    private static let header =
        #"{"source":"porch","model":"m","bands":2,"columns_per_s":25,"frequencies_hz":[100,200],"#
        + #""floor_db":-120,"step_db":0.5}"# + "\n"

    private static func column(_ time: Double, _ levels: [UInt8]) -> [UInt8] {
        withUnsafeBytes(of: time.bitPattern.littleEndian, Array.init) + levels
    }

    @Test(arguments: [1, 3, 7, 1_000])
    func columnsAreWholeHoweverTheirBytesAreCut(pieceLength: Int) throws {
        let bytes =
            Array(Self.header.utf8) + Self.column(1_000.5, [1, 2])
            + Self.column(1_000.54, [10, 255])
            + [0, 0]
        var parser = SpectrogramParser()
        var messages: [SpectrogramMessage] = []
        for start in stride(from: 0, to: bytes.count, by: pieceLength) {
            messages += try parser.parse(bytes[start..<min(bytes.count, start + pieceLength)])
        }
        #expect(messages.count == 3)
        #expect(messages[1] == .column(time: 1_000.5, levels: [1, 2]))
        #expect(messages[2] == .column(time: 1_000.54, levels: [10, 255]))
    }

    @Test func whatIsNoHeaderIsRefused() {
        for text in ["{}\n", "no\n", Self.header.replacing("\"bands\":2", with: "\"bands\":3")] {
            var parser = SpectrogramParser()
            #expect(throws: DecodingError.self) { try parser.parse(Array(text.utf8)) }
        }
    }
}
