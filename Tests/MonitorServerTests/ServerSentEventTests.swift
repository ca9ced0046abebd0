import Messages
import Monitor
import Testing

@testable import MonitorClient
@testable import MonitorServer

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
