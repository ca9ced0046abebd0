import Foundation
package import Messages
import NIOCore
import NIOHTTP1

extension MonitorClient {
    /// Follows what happens, until the service stops or the reader does.
    ///
    /// The stream ends without an error when the service ends it, and throws a ``ClientError`` if
    /// it cannot be reached, refuses, or goes away.
    /// - Parameters:
    ///   - kinds: The kinds of messages wanted.
    ///   - classes: Only events of these classes; empty: all.
    ///   - source: Only messages of this source; nil: all.
    ///   - model: Only events and scores of this model; nil: all.
    ///   - recent: How many past events come first, 0...100.
    /// - Returns: The messages.
    package func live(
        kinds: Set<LiveMessage.Kind> = Set(LiveMessage.Kind.allCases),
        classes: [String] = [],
        source: String? = nil,
        model: String? = nil,
        recent: Int = 0
    ) -> AsyncThrowingStream<LiveMessage, any Error> {
        var query: Query = classes.map { ("class", $0) }
        query += [
            ("types", kinds.map(\.rawValue).sorted().joined(separator: ",")),
            ("recent", "\(recent)"), ("source", source), ("model", model),
        ]
        let request = request(.GET, APIRoute.stream.path, query: query, body: nil)
        return stream(request, by: LiveMessageParser.self)
    }
}

/// Reads the messages of an endless answer, however its bytes are cut.
protocol StreamParser: SendableMetatype {
    associatedtype Message: Sendable
    init()
    /// The messages that are complete with the next bytes.
    mutating func parse(_ bytes: some Sequence<UInt8>) throws -> [Message]
}

extension MonitorClient {
    /// Sends a request and reads its answer until it ends, or the reader stops.
    func stream<Parser: StreamParser>(
        _ request: HTTPRequestHead,
        by parser: Parser.Type
    ) -> AsyncThrowingStream<Parser.Message, any Error> {
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: Parser.Message.self)
        let task = Task {
            do throws(ClientError) {
                try await follow(request, by: parser, into: continuation)
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }

    private func follow<Parser: StreamParser>(
        _ request: HTTPRequestHead,
        by _: Parser.Type,
        into continuation: AsyncThrowingStream<Parser.Message, any Error>.Continuation
    ) async throws(ClientError) {
        let channel = try await connect()
        do {
            try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(.head(request))
                try await outbound.write(.end(nil))
                var parser = Parser()
                var status = 0
                var refusalBody: [UInt8] = []
                for try await part in inbound {
                    switch part {
                    case .head(let head):
                        status = Int(head.status.code)
                    case .body(let buffer) where status == 200:
                        for message in try parser.parse(buffer.readableBytesView) {
                            continuation.yield(message)
                        }
                    case .body(let buffer):
                        refusalBody.append(contentsOf: buffer.readableBytesView)
                    case .end:
                        guard status == 200 else {
                            throw refusal(status: status, body: refusalBody)
                        }
                        return
                    }
                }
                throw ClientError.connectionLost(path: socketPath)
            }
        } catch let error as ClientError {
            throw error
        } catch is DecodingError {
            throw .unreadableAnswer(path: socketPath, reason: "an invalid message in its stream")
        } catch {
            throw .connectionLost(path: socketPath)
        }
    }
}

/// Reads the live messages of a stream of server-sent events.
struct LiveMessageParser: StreamParser {
    private var events = ServerSentEventParser()

    mutating func parse(_ bytes: some Sequence<UInt8>) throws -> [LiveMessage] {
        try events.parse(bytes).compactMap(Self.message(in:))
    }

    /// The message of a server-sent event; nil for kinds that a later version may have.
    private static func message(in event: ServerSentEvent) throws -> LiveMessage? {
        let data = Data(event.data.utf8)
        let decoder = JSONDecoder()
        return switch LiveMessage.Kind(rawValue: event.name) {
        case .event: .event(try decoder.decode(EventMessage.self, from: data))
        case .clip: .clip(try decoder.decode(ClipMessage.self, from: data))
        case .scores: .scores(try decoder.decode(ScoresMessage.self, from: data))
        case .near: .near(try decoder.decode(NearMessage.self, from: data))
        case .level: .level(try decoder.decode(LevelMessage.self, from: data))
        case .status: .status(try decoder.decode(StatusMessage.self, from: data))
        case nil: nil
        }
    }
}

/// Cuts the bytes of a stream into server-sent events.
///
/// Pure: bytes in, events out, however the bytes are cut. Comments are skipped; a line longer than
/// the limit is an error, so that memory stays bounded.
struct ServerSentEventParser {
    /// The other side does not follow the format.
    struct TooLong: Error {}

    private static let maxBytes = 1 << 20

    private var line: [UInt8] = []
    private var followsReturn = false
    private var name = ""
    private var data: [String] = []
    private var id: String?

    /// Reads the next bytes and returns the events that are complete.
    mutating func parse(_ bytes: some Sequence<UInt8>) throws -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            let endsPair = byte == UInt8(ascii: "\n") && followsReturn
            followsReturn = byte == UInt8(ascii: "\r")
            guard !endsPair else {
                continue
            }
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                if let event = endLine() {
                    events.append(event)
                }
            } else {
                guard line.count < Self.maxBytes else {
                    throw TooLong()
                }
                line.append(byte)
            }
        }
        return events
    }

    private mutating func endLine() -> ServerSentEvent? {
        let text = String(decoding: line, as: UTF8.self)
        line.removeAll(keepingCapacity: true)
        guard !text.isEmpty else {
            return endEvent()
        }
        let field = text.prefix { $0 != ":" }
        var value = text.dropFirst(field.count).dropFirst()
        if value.first == " " {
            value = value.dropFirst()
        }
        switch field {
        case "event": name = String(value)
        case "data": data.append(String(value))
        case "id": id = String(value)
        default: break
        }
        return nil
    }

    private mutating func endEvent() -> ServerSentEvent? {
        defer {
            name = ""
            data = []
        }
        guard !data.isEmpty else {
            return nil
        }
        return ServerSentEvent(
            name: name.isEmpty ? "message" : name,
            data: data.joined(separator: "\n"),
            id: id
        )
    }
}
